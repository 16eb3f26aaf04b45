import { isIdentifier } from "./names.ts";

// The only escapes Nix has; after any other backslash the letter stands for itself, so JSON's `\u0007` would be five letters.
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  // A raw CR is read back as LF.
  "\r": "\\r",
  "\t": "\\t",
  "${": "\\${",
};
const NEEDS_ESCAPE = /["\\\n\r\t]|\$\{/;
const EVERY_ESCAPE = /["\\\n\r\t]|\$\{/g;

/** Text as it stands between double quotes; `beforeHole` when a `${…}` follows directly. */
export function escapeText(text: string, beforeHole: boolean): string {
  const escaped = NEEDS_ESCAPE.test(text)
    ? text.replace(EVERY_ESCAPE, (found) => ESCAPES[found] ?? found)
    : text;
  // `$${` is literal, so a dollar right before a hole would swallow it.
  return beforeHole && escaped.endsWith("$") ? `${escaped.slice(0, -1)}\\$` : escaped;
}

/** Text as a double-quoted Nix string. */
export function quote(text: string): string {
  return `"${escapeText(text, false)}"`;
}

/** An attribute's name: bare where Nix allows it, else quoted. */
export function attrName(name: string): string {
  return isIdentifier(name) ? name : quote(name);
}

/**
 * Text as it stands between `''` and `''`.
 *
 * @param next what follows directly: a hole (`${…}`), the closing `''`, or a line break.
 */
export function escapeIndentedText(text: string, next: "hole" | "close" | "break"): string {
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
    const touches = found.length > 1 || opensHole(end) || (end === text.length && next !== "break");
    return pairs + (touches ? "''\\'" : "'");
  });
}
