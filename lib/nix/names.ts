/** Words that Nix reads as syntax. `or` is a name in an attribute path but not in `let`, so it is quoted like the rest. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "if",
  "then",
  "else",
  "assert",
  "with",
  "let",
  "in",
  "rec",
  "inherit",
  "or",
]);

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_'-]*$/;

/** Whether a name can stand unquoted, as a variable or as an attribute. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name) && !KEYWORDS.has(name);
}

/** What a text holds that Nix cannot, if anything: old versions silently cut a text off at a NUL. */
export function unfitForNix(text: string): string | undefined {
  if (text.includes("\0")) return "a NUL character";
  return text.isWellFormed() ? undefined : "half of a surrogate pair";
}

/** Whether Nix can hold the text. */
export function isNixText(text: string): boolean {
  return unfitForNix(text) === undefined;
}
