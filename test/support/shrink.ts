import { type Nix, ref } from "../../lib/nix/index.ts";
import { isExpression } from "../../lib/nix/node.ts";

type Value = unknown;

/** How many nodes and letters a tree has. */
export function weight(value: Value): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let sum = 1;
  for (const member of Object.values(value)) sum += weight(member);
  return sum;
}

/** Trees that are one step smaller: a part replaced by a part of its own, left out, or shortened. */
export function smaller(tree: Nix): Nix[] {
  return [...reductions(tree)] as Nix[];
}

/** What must keep at least one member for the tree to be one that builders make. */
const NOT_EMPTY: ReadonlySet<string> = new Set(["args", "path"]);

function* reductions(value: Value, key = ""): Generator<Value> {
  if (Array.isArray(value)) {
    if (value.length > (NOT_EMPTY.has(key) ? 1 : 0))
      for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, member] of value.entries())
      for (const less of reductions(member, key)) yield value.with(index, less);
  } else if (typeof value === "string") yield* shorter(value, key);
  else if (typeof value === "object" && value !== null) {
    if (isExpression(value)) {
      yield* expressionsIn(value);
      if (value.kind !== "identifier") yield ref("x");
    }
    if ("kind" in value && (value.kind === "path" || value.kind === "number")) return;
    for (const [name, member] of Object.entries(value))
      for (const less of reductions(member, name)) yield { ...value, [name]: less };
    if ("fallback" in value && value.fallback !== undefined)
      yield { ...value, fallback: undefined };
    if ("as" in value && value.as !== undefined) yield { ...value, as: undefined };
  }
}

function* expressionsIn(value: object): Generator<Nix> {
  for (const member of Object.values(value)) {
    if (isExpression(member)) yield member;
    else if (typeof member === "object" && member !== null) yield* expressionsIn(member);
  }
}

const FIXED: ReadonlySet<string> = new Set(["kind", "operator", "style", "side"]);

function* shorter(text: string, key: string): Generator<string> {
  if (FIXED.has(key) || text.length < 2) return;
  const name = key === "name" || key === "names" || key === "path";
  const letters = [...text];
  yield letters.slice(0, Math.ceil(letters.length / 2)).join("");
  yield letters.slice(0, -1).join("");
  if (!name) yield letters.slice(1).join("");
}
