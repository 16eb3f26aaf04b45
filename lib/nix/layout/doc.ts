import type { Nix, NixEntry, NixRemark } from "../tree.ts";

/**
 * White space between texts, in the order in which the stronger of two neighbours wins. How each is printed depends on
 * whether the group around it fits on one line.
 */
export const SOFTBREAK = 0; // nothing, or a line break only where the line would overflow
export const BREAK = 1; // nothing, or a line break
export const HARDSPACE = 2; // always a space
export const SOFTSPACE = 3; // a space, or a line break only where the line would overflow
export const SPACE = 4; // a space, or a line break
export const BRACKET = 4.5; // SPACE inside brackets: once it is a line break, nixfmt keeps it one
export const HARDLINE = 5; // always a line break
export const EMPTYLINE = 6; // always an empty line
export const NEWLINE = 7; // a line break inside a string: each one counts

export type Spacing = number;

/**
 * - `plain`: on one line if that fits, else all of its spacings break
 * - `priority`: the first to be broken, if what stands around it in the parent then fits on one line
 * - `transparent`: its priority groups count as its parent's
 */
export type GroupKind = "plain" | "priority" | "transparent";

export interface Text {
  text: string;
  width: number;
  /** How many nestings it is in; the layout turns those that start a line into indentation. */
  readonly nest: number;
  /** Spaces added to the indentation: the text's own, inside an indented string. */
  readonly offset: number;
  /** Printed only where the group around it is broken, as a trailing comma is. */
  readonly trailing: boolean;
}

export interface Group {
  readonly kind: GroupKind;
  readonly items: Doc[];
  /** On one line; infinite if it cannot be on one. */
  width: number;
}

/** Whole lines, each laid out on its own. */
export interface Block {
  readonly lines: readonly (NixEntry | Nix | NixRemark)[];
  readonly nest: number;
  readonly offset: number;
}

export type Doc = Spacing | Text | Group | Block;

/** What a document is made of; functions are called, and nesting resolved, by `assemble`. */
export type Part =
  | Spacing
  | string
  | Text
  | (() => Part[])
  | { readonly group: GroupKind; readonly parts: readonly Part[] }
  | { readonly nest: number; readonly offset: number; readonly parts: readonly Part[] }
  | { readonly lines: Block["lines"] }
  /** What is laid out otherwise on a line that is known not to break, or need not be laid out to be measured. */
  | {
      readonly measured: () => Part[];
      readonly unbroken: () => Part[];
      readonly anywhere: () => Part[];
    };

export const group = (...parts: readonly Part[]): Part => ({ group: "plain", parts });
export const priority = (...parts: readonly Part[]): Part => ({ group: "priority", parts });
export const transparent = (...parts: readonly Part[]): Part => ({ group: "transparent", parts });
export const nest = (...parts: readonly Part[]): Part => ({ nest: 1, offset: 0, parts });
export const offset = (columns: number, parts: readonly Part[]): Part => ({
  nest: 0,
  offset: columns,
  parts,
});
export const trailing = (text: string): Part => ({
  text,
  width: text.length,
  nest: 0,
  offset: 0,
  trailing: true,
});

/** A line's longest content, indentation not counted. */
export const LINE_WIDTH = 100;

const COMMON_SPACES: readonly string[] = Array.from({ length: 128 }, (_, count) =>
  " ".repeat(count),
);

export function spaces(count: number): string {
  return COMMON_SPACES[count] ?? " ".repeat(count);
}

/** The width of a text in columns: nixfmt counts code points. */
export function textWidth(text: string): number {
  let width = text.length;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xd800) width--;
  return width;
}

export const isSpacing = (doc: Doc | undefined): doc is Spacing => typeof doc === "number";
export const isText = (doc: Doc): doc is Text => typeof doc === "object" && "text" in doc;
export const isGroup = (doc: Doc | undefined): doc is Group =>
  typeof doc === "object" && "items" in doc;

/** Spacing that reads the same whether or not its group is broken. */
export function isHard(spacing: Spacing): boolean {
  return spacing === HARDSPACE || spacing >= HARDLINE;
}

/** Two spacings in a row as one. */
export function mergeSpacings(a: Spacing, b: Spacing): Spacing {
  const [weak, strong] = a <= b ? [a, b] : [b, a];
  if (weak === BREAK && (strong === HARDSPACE || strong === SOFTSPACE)) return SPACE;
  if (weak === SOFTBREAK && strong === HARDSPACE) return SOFTSPACE;
  if (strong < NEWLINE) return strong;
  const breaks = strong - NEWLINE + 1;
  if (weak >= NEWLINE) return strong + (weak - NEWLINE + 1);
  if (weak === EMPTYLINE) return NEWLINE - 1 + breaks + 2;
  return weak === HARDSPACE ? strong : strong + 1;
}

export function spacingWidth(spacing: Spacing): number {
  if (spacing >= HARDLINE) return Number.POSITIVE_INFINITY;
  return spacing === SOFTBREAK || spacing === BREAK ? 0 : 1;
}

/** How many line breaks a broken spacing is. */
export function lineBreaks(spacing: Spacing): number {
  if (spacing >= NEWLINE) return spacing - NEWLINE + 1;
  return spacing === EMPTYLINE ? 2 : 1;
}

export function flatWidth(doc: Doc): number {
  if (isSpacing(doc)) return spacingWidth(doc);
  if (isText(doc)) return doc.trailing ? 0 : doc.width;
  return isGroup(doc) ? doc.width : Number.POSITIVE_INFINITY;
}
