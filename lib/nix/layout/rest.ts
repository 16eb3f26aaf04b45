import { type Doc, type Group, HARDSPACE, isGroup, isSpacing, isText, LINE_WIDTH } from "./doc.ts";
import type { Segment } from "./segments.ts";

/** The documents still to come, nearest first. */
export interface Rest {
  readonly docs: readonly Doc[];
  readonly index: number;
  readonly next: Rest | undefined;
  /** What is tried when these documents, which must fit on the line, do not. */
  readonly otherwise?: Attempt;
}

/** The indentation at each nesting that the line in hand is in, innermost first. */
export interface Indents {
  readonly column: number;
  readonly nest: number;
  readonly outer: Indents | undefined;
}

/** A group that does not fit, to be tried with one of its priority groups broken. */
export interface Attempt {
  readonly group: Group;
  readonly segments: readonly Segment[];
  /** The last segment that is still to be tried. */
  readonly index: number;
  readonly rest: Rest | undefined;
  readonly chunks: number;
  readonly used: number;
  readonly indents: Indents;
}

export function restOf(
  docs: readonly Doc[],
  index: number,
  next: Rest | undefined,
): Rest | undefined {
  return index < docs.length ? { docs, index, next } : next;
}

/** The width up to the first place where the line could break. */
export function lineStartWidth(rest: Rest | undefined): number {
  let width = 0;
  for (let at = rest; at !== undefined && width <= LINE_WIDTH; ) {
    const { docs, index, next }: Rest = at;
    const doc = docs[index];
    at = doc === undefined ? next : restOf(docs, index + 1, next);
    if (doc === undefined) continue;
    if (isSpacing(doc)) {
      if (doc !== HARDSPACE) return width;
      width += 1;
    } else if (isText(doc)) width += doc.width;
    else if (isGroup(doc)) at = restOf(doc.items, 0, at);
  }
  return width;
}

/** Whether what comes up to the first break fits, with groups unbroken where they can be. */
export function lineStartFits(target: number, rest: Rest | undefined): boolean {
  let width = 0;
  for (let at = rest; at !== undefined && width <= target; ) {
    const { docs, index, next }: Rest = at;
    const doc = docs[index];
    at = doc === undefined ? next : restOf(docs, index + 1, next);
    if (doc === undefined) continue;
    if (isSpacing(doc)) {
      if (doc !== HARDSPACE) break;
      width += 1;
    } else if (isText(doc)) width += doc.trailing ? 0 : doc.width;
    else if (isGroup(doc)) {
      if (doc.width <= LINE_WIDTH - width - lineStartWidth(at)) width += doc.width;
      else at = restOf(doc.items, 0, at);
    } else break;
  }
  return width <= target;
}
