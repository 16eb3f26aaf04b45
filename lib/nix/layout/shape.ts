import { isIdentifier } from "../names.ts";
import { headedTerm } from "../node.ts";
import { isRawAtom } from "../precedence.ts";
import type { Nix, NixAttrPath, NixList, NixPath, NixSet } from "../tree.ts";
import { stringForm } from "./strings.ts";

/** Whether an expression is one term: no operator, application or keyword stands open in it. */
export function isTerm(node: Nix): boolean {
  switch (node.kind) {
    case "identifier":
    case "number":
    case "string":
    case "path":
    case "list":
    case "set":
    case "select":
    case "parens":
    case "raw":
      return true;
    default:
      return headedTerm(node) !== undefined;
  }
}

/** What a set or list shows: blank lines alone show nothing. */
export function shown<T extends { readonly kind: string }>(members: readonly T[]): readonly T[] {
  return members.every((member) => member.kind === "blank") ? [] : members;
}

/** Whether a set or list is printed over several lines whatever its width. */
export function alwaysExplodes(node: NixSet | NixList): boolean {
  const members = shown<{ readonly kind: string }>(node.kind === "set" ? node.entries : node.items);
  return members.length > 1 || members[0]?.kind === "comment";
}

/** A term that may start on the line of what introduces it and go on over several: `x = {`, `f [`, `y: ''`. */
export function isAbsorbableTerm(node: Nix): boolean {
  let inner = headedTerm(node) ?? node;
  while (inner.kind === "parens") inner = inner.body;
  if (inner.kind === "set") return shown(inner.entries).length > 0;
  if (inner.kind === "list") return shown(inner.items).length > 0;
  return inner.kind === "string" && inner.indented && stringForm(inner).lines.length > 1;
}

/** An absorbable term, or one behind `with x;` or `x: y:`. */
export function isAbsorbableExpression(node: Nix): boolean {
  let inner = node;
  while (inner.kind === "function" && typeof inner.parameter === "string") {
    inner = inner.body;
    if (inner.kind === "with") return false;
  }
  return isAbsorbableTerm(inner.kind === "with" ? inner.body : inner);
}

/** Whether every name of a path is a bare identifier. */
export function isBarePath(path: NixAttrPath): boolean {
  return path.every((name) => typeof name === "string" && isIdentifier(name));
}

/** What is known of applications and parentheses, so that a deep tree is looked through once. */
const simple = new WeakMap<Nix, boolean>();

interface Visit {
  readonly node: Nix;
  readonly parent: Visit | undefined;
}

/** Leaves, paths into them, and applications of them to at most two arguments: what nixfmt keeps on one line. */
export function isSimple(root: Nix): boolean {
  const visited: Nix[] = [];
  const visits: Visit[] = [{ node: root, parent: undefined }];
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const { node } = visit;
    const inner = simple.get(node) === true ? [] : simpleInner(node);
    if (simple.get(node) === false || inner === undefined) {
      for (let step: Visit | undefined = visit; step; step = step.parent)
        simple.set(step.node, false);
      return false;
    }
    if (inner.length > 0) visited.push(node);
    for (const child of inner) visits.push({ node: child, parent: visit });
  }
  for (const node of visited) simple.set(node, true);
  return true;
}

/** What must be simple for the expression to be, or undefined if it cannot be. */
function simpleInner(node: Nix): readonly Nix[] | undefined {
  switch (node.kind) {
    case "identifier":
    case "number":
    case "string":
    case "path":
      return [];
    case "select":
      return node.fallback === undefined && isBarePath(node.path) ? [node.from] : undefined;
    case "parens":
      return [node.body];
    case "call":
      return node.args.length <= 2 ? [node.fn, ...node.args] : undefined;
    case "raw":
      return isRawAtom(node) ? [] : undefined;
    default:
      return undefined;
  }
}

/** `<nixpkgs>`, which unlike other paths may stand on a line of its own. */
export function isSearchPath(node: NixPath): boolean {
  const [first] = node.parts;
  return typeof first === "string" && first.startsWith("<");
}
