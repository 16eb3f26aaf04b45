import type { Nix } from "../../../lib/nix/tree.ts";
import { type Cursor, NotInTree, peek, skipBlanks, syntaxError } from "./cursor.ts";
import { expression } from "./expression.ts";
import { remarks } from "./remarks.ts";

export { NotInTree } from "./cursor.ts";

export interface NixFile {
  readonly expr: Nix;
  /** The comment at the file's start. */
  readonly header: string | undefined;
}

/**
 * The tree of a Nix file's text.
 *
 * @throws NotInTree when the text has what trees cannot hold, with the reason
 */
export function parseNix(text: string): NixFile {
  const c: Cursor = { text: text.replace(/\r\n?/g, "\n"), at: 0 };
  const header = fileHeader(c);
  const expr = expression(c);
  skipBlanks(c);
  if (peek(c, /#|\/\*/y) !== undefined) {
    const last = peek(c, /(?:[ \t\n]|#[^\n]*|\/\*[\s\S]*?\*\/)*$/y) !== undefined;
    throw new NotInTree(last ? "comment after the expression" : "comment inside an expression");
  }
  if (c.at < c.text.length) throw syntaxError(c, "the end");
  return { expr, header };
}

function fileHeader(c: Cursor): string | undefined {
  skipBlanks(c);
  const found = remarks(c, "bracket");
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  if (others.length > 0 || first.kind !== "comment" || first.style !== "line")
    throw new NotInTree("more than a header before the expression");
  return first.lines.join("\n");
}
