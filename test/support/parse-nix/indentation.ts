import type { Nix } from "../../../lib/nix/tree.ts";

/** A stretch of an indented string: text as it stands (or from an escape, which ends an indentation), or a hole. */
export type Piece = { readonly text: string; readonly escaped: boolean } | { readonly hole: Nix };

/** The string's parts without the indentation that its lines share, as Nix takes it off. */
export function stripIndentation(pieces: readonly Piece[]): (string | Nix)[] {
  const common = commonIndentation(pieces);
  const parts: (string | Nix)[] = [];
  let atLineStart = true;
  let dropped = 0;
  for (const [index, piece] of pieces.entries()) {
    if ("hole" in piece) {
      atLineStart = false;
      dropped = 0;
      parts.push(piece.hole);
      continue;
    }
    let text = "";
    for (const letter of piece.text) {
      if (atLineStart && letter === " ") {
        if (dropped++ >= common) text += letter;
        continue;
      }
      text += letter;
      atLineStart = letter === "\n";
      if (atLineStart) dropped = 0;
    }
    parts.push(index === pieces.length - 1 ? text.replace(/\n *$/, "\n") : text);
  }
  return parts;
}

function commonIndentation(pieces: readonly Piece[]): number {
  let least = 1_000_000;
  let atLineStart = true;
  let indent = 0;
  const endIndentation = () => {
    if (atLineStart) least = Math.min(least, indent);
    atLineStart = false;
  };
  for (const piece of pieces) {
    if ("hole" in piece || piece.escaped) {
      endIndentation();
      continue;
    }
    for (const letter of piece.text) {
      if (letter === "\n") {
        atLineStart = true;
        indent = 0;
      } else if (letter !== " ") endIndentation();
      else if (atLineStart) indent++;
    }
  }
  return least;
}
