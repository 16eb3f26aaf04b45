/** Marks what the builders made, so that plain data with a `kind` of its own is still plain data. */
export const nixNode: unique symbol = Symbol.for("forage-nix.node") as never;

interface Node {
  readonly [nixNode]: true;
}

/**
 * The Nix language as readonly plain data. Trees are made by the builders, which refuse whatever Nix cannot hold, and
 * read by the printer. `true`, `false` and `null` are identifiers, as they are in Nix.
 */
export type Nix =
  | NixIdentifier
  | NixNumber
  | NixString
  | NixPath
  | NixList
  | NixSet
  | NixSelect
  | NixHas
  | NixCall
  | NixFunction
  | NixLet
  | NixWith
  | NixIf
  | NixAssert
  | NixUnary
  | NixBinary
  | NixParens
  | NixRaw;

export interface NixIdentifier extends Node {
  readonly kind: "identifier";
  readonly name: string;
}

/** An integer or float, as its digits are written; a negative one is a `unary` of this. */
export interface NixNumber extends Node {
  readonly kind: "number";
  readonly digits: string;
}

/** Text with expressions in its holes. `indented` asks for `''…''` where that can hold the text. */
export interface NixString extends Node {
  readonly kind: "string";
  readonly indented: boolean;
  readonly parts: readonly (string | Nix)[];
}

/** A path literal (`./x`, `/x`, `~/x`) or a search path (`<nixpkgs>`), written as it is. */
export interface NixPath extends Node {
  readonly kind: "path";
  readonly parts: readonly (string | Nix)[];
}

export interface NixList extends Node {
  readonly kind: "list";
  readonly items: readonly (Nix | NixRemark)[];
}

export interface NixSet extends Node {
  readonly kind: "set";
  readonly recursive: boolean;
  readonly entries: readonly NixEntry[];
}

export interface NixSelect extends Node {
  readonly kind: "select";
  readonly from: Nix;
  readonly path: NixAttrPath;
  /** The value of `or`, when the attribute is missing. */
  readonly fallback: Nix | undefined;
}

/** `from ? path` */
export interface NixHas extends Node {
  readonly kind: "has";
  readonly from: Nix;
  readonly path: NixAttrPath;
}

export interface NixCall extends Node {
  readonly kind: "call";
  readonly fn: Nix;
  /** At least one; a call of a call is one call with more arguments. */
  readonly args: readonly Nix[];
}

export interface NixFunction extends Node {
  readonly kind: "function";
  readonly parameter: string | NixPattern;
  readonly body: Nix;
}

/** `{ a, b ? 1, ... }`, with an optional name for the whole. */
export interface NixPattern {
  readonly fields: readonly (NixPatternField | NixRemark)[];
  readonly open: boolean;
  readonly as: { readonly name: string; readonly side: "before" | "after" } | undefined;
}

export interface NixPatternField extends Node {
  readonly kind: "field";
  readonly name: string;
  readonly fallback: Nix | undefined;
}

export interface NixLet extends Node {
  readonly kind: "let";
  readonly entries: readonly NixEntry[];
  readonly body: Nix;
}

export interface NixWith extends Node {
  readonly kind: "with";
  readonly scope: Nix;
  readonly body: Nix;
}

export interface NixIf extends Node {
  readonly kind: "if";
  readonly condition: Nix;
  readonly yes: Nix;
  readonly no: Nix;
}

export interface NixAssert extends Node {
  readonly kind: "assert";
  readonly condition: Nix;
  readonly body: Nix;
}

export interface NixUnary extends Node {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Nix;
}

export type BinaryOperator =
  | "++"
  | "*"
  | "/"
  | "+"
  | "-"
  | "//"
  | "<"
  | ">"
  | "<="
  | ">="
  | "=="
  | "!="
  | "&&"
  | "||"
  | "->"
  | "|>"
  | "<|";

export interface NixBinary extends Node {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Nix;
  readonly right: Nix;
}

/** Parentheses that the author wants to see; those that precedence needs are the printer's to add. */
export interface NixParens extends Node {
  readonly kind: "parens";
  readonly body: Nix;
}

/** Nix text that is printed as it stands. */
export interface NixRaw extends Node {
  readonly kind: "raw";
  readonly parts: readonly (string | Nix)[];
}

/** A static name, or an expression: a string is written as one (`"a${b}"`), anything else in `${…}`. */
export type NixAttrName = string | Nix;

/** At least one name. */
export type NixAttrPath = readonly NixAttrName[];

export type NixEntry = NixBinding | NixInherit | NixRemark;

export interface NixBinding extends Node {
  readonly kind: "binding";
  readonly path: NixAttrPath;
  readonly value: Nix;
}

export interface NixInherit extends Node {
  readonly kind: "inherit";
  readonly from: Nix | undefined;
  readonly names: readonly string[];
}

/** What stands on lines of its own between bindings, items or parameters and means nothing to Nix. */
export type NixRemark = NixComment | NixBlankLine;

export interface NixComment extends Node {
  readonly kind: "comment";
  readonly style: "line" | "doc";
  readonly lines: readonly string[];
}

export interface NixBlankLine extends Node {
  readonly kind: "blank";
}
