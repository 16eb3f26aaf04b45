import { type NixRemark, nixNode } from "../../../lib/nix/tree.ts";
import { type Cursor, NotInTree, peek, syntaxError, take } from "./cursor.ts";

/**
 * The comments and blank lines up to the next entry, item or parameter.
 *
 * @param after what stands right before: a comment on the line of an entry belongs to that entry, and no tree holds it.
 */
export function remarks(c: Cursor, after: "bracket" | "entry"): NixRemark[] {
  const found: NixRemark[] = [];
  let lines: string[] = [];
  const endComment = () => {
    if (lines.length > 0) found.push(commentNode("line", lines));
    lines = [];
  };
  for (let first = true; ; first = false) {
    const breaks = (take(c, /[ \t\n]*/y) ?? "").split("\n").length - 1;
    const trailing = first && breaks === 0 && after === "entry";
    if (breaks > 1) {
      endComment();
      found.push({ [nixNode]: true, kind: "blank" });
    }
    const line = take(c, /#[^\n]*/y);
    if (line === undefined && peek(c, /\/\*/y) === undefined) break;
    if (trailing) throw new NotInTree("trailing comment");
    if (line !== undefined) {
      lines.push(lineText(line));
      // The line break belongs to the comment, so that one more is a blank line.
      if (peek(c, /\n[ \t]*\n/y) === undefined) take(c, /\n/y);
      continue;
    }
    const block = takeBlock(c);
    if (block.style === "line") lines.push(...block.lines);
    else {
      endComment();
      found.push(commentNode(block.style, block.lines));
    }
  }
  endComment();
  return found;
}

function commentNode(style: "line" | "doc", lines: readonly string[]): NixRemark {
  return { [nixNode]: true, kind: "comment", style, lines };
}

function lineText(line: string): string {
  const text = line.slice(1).trimEnd();
  if (text !== "" && !text.startsWith(" ")) throw new NotInTree("comment without a space after #");
  return text.slice(1);
}

/** A block comment of one line is the same as a line comment to nixfmt. */
function takeBlock(c: Cursor): { style: "line" | "doc"; lines: string[] } {
  const source = take(c, /\/\*[\s\S]*?\*\//y);
  if (source === undefined) throw syntaxError(c, "the comment's end");
  if (/^\/\*\s*nixfmt:/.test(source)) throw new NotInTree("format directive");
  if (/^\/\*\*[^*/]/.test(source)) return { style: "doc", lines: blockLines(source.slice(3, -2)) };
  const lines = blockLines(source.slice(2, -2));
  if (lines.length > 1) throw new NotInTree("block comment");
  return { style: "line", lines };
}

function blockLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const [first = "", ...others] = lines;
  const indents = others.filter((line) => line !== "").map((line) => line.search(/[^ ]/));
  const common = Math.min(...indents, 1000);
  const stripped = [first.replace(/^ +/, ""), ...others.map((line) => line.slice(common))];
  while (stripped[0] === "") stripped.shift();
  while (stripped.at(-1) === "") stripped.pop();
  return stripped;
}
