import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/** Two files that have less in common cost seconds to compare, and nobody would read the result. */
const MOST_EDITS = 2000;

/**
 * A unified diff to be read: in it, every character that a terminal would hide or obey is spelled out.
 *
 * @returns nothing when the two have too little in common
 */
export function unifiedDiff(path: string, before: string, after: string): string | undefined {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
    maxEditLength: MOST_EDITS,
  })?.replace(/(?![\n\t ])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/gu, spelledOut);
}

/** As in `git diff` and `cat -v`: `^M` for a carriage return. */
function spelledOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
