import type { Path } from "../error.ts";
import { checkText } from "./refuse.ts";

/** A comment's text as its lines, without white space at their ends. */
export function commentLines(text: string, path: Path): string[] {
  // Nix ends a comment's line at a CR too.
  return checkText(text, path)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd());
}
