import {
  type Nix,
  type NixAttrPath,
  type NixEntry,
  type NixIdentifier,
  type NixNumber,
  type NixPatternField,
  type NixRemark,
  type NixSelect,
  type NixString,
  nixNode,
} from "./tree.ts";

/** Whether a value was made by a builder: an expression, or an entry of a set or pattern. */
export function isNode(value: unknown): value is Nix | NixEntry | NixPatternField {
  return typeof value === "object" && value !== null && nixNode in value;
}

const ENTRY_KINDS: ReadonlySet<string> = new Set([
  "binding",
  "inherit",
  "comment",
  "blank",
  "field",
]);

/** Whether a value is an expression, made by a builder. */
export function isExpression(value: unknown): value is Nix {
  return isNode(value) && !ENTRY_KINDS.has(value.kind);
}

/** Whether a value is a comment or a blank line. */
export function isRemark(value: unknown): value is NixRemark {
  return isNode(value) && (value.kind === "comment" || value.kind === "blank");
}

export function identifierNode(name: string): NixIdentifier {
  return { [nixNode]: true, kind: "identifier", name };
}

export function numberNode(digits: string): NixNumber {
  return { [nixNode]: true, kind: "number", digits };
}

export function stringNode(parts: readonly (string | Nix)[], indented: boolean): NixString {
  return { [nixNode]: true, kind: "string", indented, parts };
}

export function selectNode(from: Nix, path: NixAttrPath, fallback: Nix | undefined): NixSelect {
  return { [nixNode]: true, kind: "select", from, path, fallback };
}

/** The term that a commented file starts with: nixfmt lays it out otherwise. Only the printer makes one. */
interface HeadedNode {
  readonly [nixNode]: true;
  readonly kind: "headed";
  readonly term: Nix;
}

export function headedNode(term: Nix): Nix {
  const node: HeadedNode = { [nixNode]: true, kind: "headed", term };
  return node as unknown as Nix;
}

/** The term of a headed node. */
export function headedTerm(node: Nix): Nix | undefined {
  const { kind, term } = node as Nix | HeadedNode as HeadedNode;
  return kind === "headed" ? term : undefined;
}
