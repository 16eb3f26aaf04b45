import { ForageError } from "../error.ts";

// "=" and "%" mean something at the start of a command or word, so there they are quoted.
const BARE = /^[A-Za-z0-9_./:@+,-][A-Za-z0-9_./:=@%+,-]*$/;
// Control characters, line separators and bidirectional overrides would change how the script looks.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
// In single quotes shellcheck takes these for mistakes: "$", "`", curly quotes, a "~" in front, a backslash at the end.
const LOOKS_MISTAKEN = /[$`\u2018\u2019\u201c\u201d]|^~|\\(?:'|$)/;
const NEEDS_ESCAPE = /['\\\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "'": "\\'",
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * Text as one word of a bash script: bare where that is safe, else quoted, and always on one line.
 *
 * @throws ForageError `shell-value` when the text holds a NUL, which no argument or variable can
 * @example quoteWord("it's") // 'it'\''s'
 */
export function quoteWord(text: string): string {
  if (text.includes("\0"))
    throw new ForageError("shell-value", [
      {
        path: [],
        message: "the text holds a NUL character, which no argument or variable can",
        hint: "remove or encode it",
      },
    ]);
  if (text === "") return '""';
  if (BARE.test(text)) return text;
  if (UNPRINTABLE.test(text) || LOOKS_MISTAKEN.test(text))
    return `$'${text.replace(NEEDS_ESCAPE, escapeCharacter)}'`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  // Bytes, because bash reads `\u…` by the locale.
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `\\x${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}
