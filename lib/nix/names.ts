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

/** Whether Nix can hold the text: it has no NUL (silently cut off by Nix before 2.28) and no half of a surrogate pair. */
export function isNixText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
