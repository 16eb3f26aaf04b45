import { isIdentifier } from "./names.ts";

const SPECIAL = /["\\\n\r\t]|\$\{/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const OTHER_CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/;
const SHORT_ESCAPES = /["\\\n\r\t]/g;

/**
 * Text as a double-quoted Nix string. Nix knows only the escapes `\\ \" \n \r \t \${`; after any other backslash the letter
 * stands for itself, so everything else, control characters too, is written raw. (A raw CR would be read back as LF.)
 */
export function quote(text: string): string {
  if (!SPECIAL.test(text)) return `"${text}"`;
  // JSON's escapes are Nix's, and quick, where no control character asks for one that Nix lacks.
  const quoted = OTHER_CONTROLS.test(text)
    ? `"${text.replace(SHORT_ESCAPES, (found) => JSON.stringify(found).slice(1, -1))}"`
    : JSON.stringify(text);
  return quoted.includes("${") ? quoted.replaceAll("${", "\\${") : quoted;
}

/** Text as it stands between double quotes; `beforeHole` when a `${…}` follows directly. */
export function escapeText(text: string, beforeHole: boolean): string {
  const escaped = quote(text).slice(1, -1);
  // `$${` is literal, so a dollar right before a hole would swallow it.
  return beforeHole && escaped.endsWith("$") ? `${escaped.slice(0, -1)}\\$` : escaped;
}

/** An attribute's name: bare where Nix allows it, else quoted. */
export function attrName(name: string): string {
  return isIdentifier(name) ? name : quote(name);
}

/**
 * Text as it stands between `''` and `''`.
 *
 * @param next what follows directly: a hole (`${…}`) or the closing `''`
 */
export function escapeIndentedText(text: string, next: "hole" | "close"): string {
  if (!/['$]/.test(text)) return text;
  const opensHole = (at: number) =>
    text.startsWith("${", at) || (next === "hole" && at === text.length - 1 && text[at] === "$");
  return text.replace(/'+|\$/g, (found, at: number) => {
    // `$${` is literal, so a dollar right before a hole would swallow it.
    if (found === "$") return opensHole(at) ? "''$" : "$";
    const end = at + found.length;
    const pairs = "'''".repeat(found.length >> 1);
    if (found.length % 2 === 0) return pairs;
    // A lone quote that touches `''`, `${` or the string's end would be lexed together with it.
    const touches = found.length > 1 || opensHole(end) || end === text.length;
    return pairs + (touches ? "''\\'" : "'");
  });
}
