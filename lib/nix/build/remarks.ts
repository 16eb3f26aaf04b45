import { commentLines } from "../comments.ts";
import { checkText, refuse } from "../refuse.ts";
import { type NixBlankLine, type NixComment, nixNode } from "../tree.ts";

/** A comment on lines of its own, before the next entry, item or parameter. */
export function comment(text: string): NixComment {
  return { [nixNode]: true, kind: "comment", style: "line", lines: commentLines(text, []) };
}

/**
 * A doc comment (RFC 145) before the next entry.
 *
 * @throws ForageError `nix-value` when the text is empty or holds the comment's own end
 */
export function docComment(text: string): NixComment {
  if (checkText(text, []).includes("*/"))
    throw refuse([], 'a doc comment ends at "*/"', "take it out of the text");
  const lines = commentLines(text, []);
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) throw refuse([], "a doc comment needs a text", "leave it out");
  const last = lines.findLastIndex((line) => line !== "");
  // nixfmt makes one empty line of several.
  const shown = lines
    .slice(first, last + 1)
    .filter((line, index, kept) => line !== "" || kept[index - 1] !== "");
  return { [nixNode]: true, kind: "comment", style: "doc", lines: shown };
}

/** An empty line before the next entry, item or parameter. */
export function blankLine(): NixBlankLine {
  return { [nixNode]: true, kind: "blank" };
}
