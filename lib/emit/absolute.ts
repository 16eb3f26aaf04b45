import { posix } from "node:path";
import { op, path } from "../nix/index.ts";
import { isNode, stringNode } from "../nix/node.ts";
import type { Nix, NixPath } from "../nix/tree.ts";

/** The same expression, with path literals that start at a directory and not at the file they stand in. */
export function fromDirectory(expression: Nix, directory: string): Nix {
  return withPaths(expression, directory) as Nix;
}

function withPaths(value: unknown, directory: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withPaths(item, directory));
  if (typeof value !== "object" || value === null) return value;
  if (isNode(value) && value.kind === "path") return absolutePath(value, directory);
  const copy: Record<string | symbol, unknown> = Object.create(Object.getPrototypeOf(value));
  for (const [name, member] of Object.entries(value)) copy[name] = withPaths(member, directory);
  for (const mark of Object.getOwnPropertySymbols(value))
    copy[mark] = (value as Record<symbol, unknown>)[mark];
  return copy;
}

/** Appended to the root, because a literal holds only some of the characters that a directory's name may. */
function absolutePath(literal: NixPath, directory: string): Nix {
  const [first, ...rest] = literal.parts;
  if (typeof first !== "string" || !/^\.\.?\//.test(first)) return literal;
  const parts = [posix.join(directory, first), ...rest];
  return op(path("/."), "+", stringNode(parts, false));
}
