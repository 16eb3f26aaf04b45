import { headedNode } from "../node.ts";
import { at, Level, leftOperand } from "../precedence.ts";
import type { Nix } from "../tree.ts";
import { isTerm } from "./shape.ts";

/** The expression with a mark at its first term, where nixfmt finds the comment that stands before it. */
export function headed(root: Nix): Nix {
  const spine: Nix[] = [];
  let first = root;
  for (let inner = firstPart(first); inner !== undefined; inner = firstPart(first)) {
    spine.push(first);
    first = inner;
  }
  if (!isTerm(first)) return root;
  return spine.reduceRight(withFirstPart, headedNode(first));
}

/** The expression that another starts with. */
function firstPart(node: Nix): Nix | undefined {
  switch (node.kind) {
    case "call":
      return at(Level.applied, node.fn);
    case "select":
      return at(Level.selected, node.from);
    case "has":
      return at(Level.negation, node.from);
    case "binary":
      return leftOperand(node);
    default:
      return undefined;
  }
}

function withFirstPart(first: Nix, node: Nix): Nix {
  switch (node.kind) {
    case "call":
      return { ...node, fn: first };
    case "select":
    case "has":
      return { ...node, from: first };
    case "binary":
      return { ...node, left: first };
    default:
      return node;
  }
}
