import {
  type Block,
  BRACKET,
  BREAK,
  type Doc,
  flatWidth,
  type Group,
  HARDLINE,
  HARDSPACE,
  isGroup,
  isSpacing,
  isText,
  lineBreaks,
  SOFTBREAK,
  SOFTSPACE,
  SPACE,
  type Text,
} from "./doc.ts";

/** A line's longest content, indentation not counted. */
export const LINE_WIDTH = 100;
const INDENT = 2;

/** Text as it is, or lines that are still to be laid out at an indentation. */
export type Chunk = string | PlacedBlock;

export interface PlacedBlock {
  readonly lines: Block["lines"];
  readonly column: number;
}

/** The documents still to come, nearest first. */
interface Rest {
  readonly docs: readonly Doc[];
  readonly index: number;
  readonly next: Rest | undefined;
  /** What is tried when these documents, which must fit on the line, do not. */
  readonly otherwise?: Attempt;
}

/** The indentation at each nesting that the line in hand is in, innermost first. */
interface Indents {
  readonly column: number;
  readonly nest: number;
  readonly outer: Indents | undefined;
}

/** A group that does not fit, to be tried with one of its priority groups broken. */
interface Attempt {
  readonly group: Group;
  readonly segments: readonly Segment[];
  /** The last segment that is still to be tried. */
  readonly index: number;
  readonly rest: Rest | undefined;
  readonly chunks: number;
  readonly used: number;
  readonly indents: Indents;
}

interface Segment {
  readonly priority: boolean;
  readonly docs: readonly Doc[];
  /** The width of all that stands before it. */
  readonly before: number;
}

function restOf(docs: readonly Doc[], index: number, next: Rest | undefined): Rest | undefined {
  return index < docs.length ? { docs, index, next } : next;
}

/** Where a document holds a spacing. */
interface Place {
  readonly docs: readonly Doc[];
  readonly index: number;
}

/**
 * Lays a document out from the start of a line at an indentation.
 */
export function layout(docs: Doc[], column: number): Chunk[] {
  for (;;) {
    const { chunks, brokenBrackets, hasChosen } = layoutOnce(docs, column);
    // nixfmt keeps a bracket open that it finds open, and may choose differently around one that is.
    if (!hasChosen || brokenBrackets.length === 0) return chunks;
    keepOpen(docs, brokenBrackets);
  }
}

interface Layout {
  readonly chunks: Chunk[];
  readonly brokenBrackets: readonly Place[];
  /** Whether anything was broken, or a way of breaking given up, because of what follows it. */
  readonly hasChosen: boolean;
}

/**
 * Lays a document out from the start of a line at an indentation: groups that fit stay on the line; of those that do not,
 * priority groups break first, the last one before the others; the rest break wholly. This is nixfmt's algorithm
 * (src/Nixfmt/Predoc.hs), on a stack of its own.
 */
function layoutOnce(docs: readonly Doc[], column: number): Layout {
  const brokenBrackets: Place[] = [];
  let hasChosen = false;
  const chunks: Chunk[] = [];
  /** Columns used on the line in hand, indentation not counted; 0 only at its start. */
  let used = 0;
  let indents: Indents = { column, nest: 0, outer: undefined };

  const indentTo = (nest: number): void => {
    while (indents.outer !== undefined && nest < indents.nest) indents = indents.outer;
    if (nest > indents.nest)
      // Nestings that open on one line indent the next one once.
      indents = { column: indents.column + (used === 0 ? INDENT : 0), nest, outer: indents };
  };

  const putText = (text: Text): void => {
    indentTo(text.nest);
    if (used === 0) chunks.push(spaces(indents.column + text.offset));
    chunks.push(text.text);
    used += text.width;
  };

  const putBlock = (block: Block): void => {
    indentTo(block.nest);
    chunks.push({ lines: block.lines, column: indents.column + block.offset });
    used = 1;
  };

  /** Puts documents on the line in hand if they fit there together with what must follow on it. */
  const putFlat = (docs: readonly Doc[], rest: Rest | undefined): boolean => {
    const start = used === 0 ? withoutLeadingSpacing(docs) : docs;
    let width = 0;
    for (const doc of start) width += flatWidth(doc);
    if (width + lineStartWidth(rest) > LINE_WIDTH - used) return false;
    if (used === 0) {
      const first = firstText(start);
      if (first !== undefined) {
        indentTo(first.nest);
        chunks.push(spaces(indents.column + first.offset));
      }
    }
    pushFlat(start, chunks);
    used += width;
    return true;
  };

  const attempt = ({ group, segments, index, rest, ...state }: Attempt): Rest | undefined => {
    for (let at = index; at >= 0; at--) {
      const segment = segments[at] as Segment;
      if (!segment.priority || segment.before > LINE_WIDTH + 1) continue;
      chunks.length = state.chunks;
      used = state.used;
      indents = state.indents;
      const before = segments.slice(0, at).flatMap(({ docs }) => docs);
      const after = segments.slice(at + 1).flatMap(({ docs }) => docs);
      const ahead = restOf(segment.docs, 0, restOf(after, 0, rest));
      if (before.length > 0 && !putFlat(before, ahead)) continue;
      if (after.length === 0) return restOf(segment.docs, 0, rest);
      const otherwise = { group, segments, index: at - 1, rest, ...state };
      return {
        docs: segment.docs,
        index: 0,
        next: { docs: withoutBreaks(after), index: 0, next: rest, otherwise },
      };
    }
    chunks.length = state.chunks;
    used = state.used;
    indents = state.indents;
    return restOf(group.items, 0, rest);
  };

  const putGroup = (group: Group, rest: Rest | undefined): Rest | undefined => {
    if (putFlat(group.items, rest)) return rest;
    // A transparent group's priority groups were tried with its parent's.
    const segments = group.kind === "transparent" ? [] : segmentsOf(group.items);
    const state = { chunks: chunks.length, used, indents };
    return attempt({ group, segments, index: segments.length - 1, rest, ...state });
  };

  let rest = restOf(docs, 0, undefined);
  while (rest !== undefined) {
    const { docs, index, next, otherwise }: Rest = rest;
    if (otherwise !== undefined) {
      const { segments, index } = otherwise;
      const after = segments.slice(index + 2).flatMap(({ docs }) => docs);
      if (putFlat(after, otherwise.rest)) rest = otherwise.rest;
      else {
        hasChosen = true;
        rest = attempt(otherwise);
      }
      continue;
    }
    const doc = docs[index] as Doc;
    rest = restOf(docs, index + 1, next);
    if (isSpacing(doc)) {
      // A line that has just begun needs no further break.
      if (used === 0) continue;
      const stays =
        doc === HARDSPACE ||
        (doc === SOFTBREAK && lineStartFits(LINE_WIDTH - used, rest)) ||
        (doc === SOFTSPACE && lineStartFits(LINE_WIDTH - used - 1, rest));
      if (!stays) {
        if (doc === BRACKET) brokenBrackets.push({ docs, index });
        if (doc === SOFTBREAK || doc === SOFTSPACE) hasChosen = true;
        chunks.push("\n".repeat(lineBreaks(doc)));
        used = 0;
      } else if (doc !== SOFTBREAK) {
        chunks.push(" ");
        used += 1;
      }
    } else if (isText(doc)) putText(doc);
    else if (isGroup(doc)) rest = putGroup(doc, rest);
    else putBlock(doc);
  }
  return { chunks, brokenBrackets, hasChosen };
}

/** Makes line breaks of some brackets' spacing. */
function keepOpen(root: Doc[], brackets: readonly Place[]): void {
  for (const { docs, index } of brackets) (docs as Doc[])[index] = HARDLINE;
  const groups: Group[] = [];
  const levels: Doc[][] = [root];
  for (let level = levels.pop(); level !== undefined; level = levels.pop())
    for (const doc of level)
      if (isGroup(doc)) {
        groups.push(doc);
        levels.push(doc.items);
      }
  // Outer groups were found before inner ones.
  for (const group of groups.reverse())
    group.width = group.items.reduce<number>((width, doc) => width + flatWidth(doc), 0);
}

const COMMON_SPACES: readonly string[] = Array.from({ length: 128 }, (_, count) =>
  " ".repeat(count),
);

export function spaces(count: number): string {
  return COMMON_SPACES[count] ?? " ".repeat(count);
}

function withoutLeadingSpacing(docs: readonly Doc[]): readonly Doc[] {
  const [first, ...others] = docs;
  if (isSpacing(first)) return others;
  if (!isGroup(first) || !isSpacing(first.items[0])) return docs;
  const items = first.items.slice(1);
  return [{ kind: first.kind, items, width: first.width - flatWidth(first.items[0]) }, ...others];
}

function firstText(docs: readonly Doc[]): Text | undefined {
  let level = docs;
  for (let index = 0; index < level.length; ) {
    const doc = level[index] as Doc;
    if (isGroup(doc)) {
      level = doc.items;
      index = 0;
    } else if (!isSpacing(doc) && isText(doc)) return doc;
    else index++;
  }
  return undefined;
}

/** Documents that are known to fit on the line, as text. */
function pushFlat(docs: readonly Doc[], chunks: Chunk[]): void {
  for (const doc of docs) {
    if (isSpacing(doc)) {
      if (doc !== BREAK && doc !== SOFTBREAK) chunks.push(" ");
    } else if (isGroup(doc)) pushFlat(doc.items, chunks);
    else if (isText(doc) && !doc.trailing) chunks.push(doc.text);
  }
}

/** Documents whose own spacings, not their groups', no longer break. */
function withoutBreaks(docs: readonly Doc[]): Doc[] {
  return docs
    .filter((doc) => doc !== BREAK && doc !== SOFTBREAK)
    .map((doc) => (doc === SPACE || doc === SOFTSPACE || doc === BRACKET ? HARDSPACE : doc));
}

/** The width up to the first place where the line could break. */
function lineStartWidth(rest: Rest | undefined): number {
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
function lineStartFits(target: number, rest: Rest | undefined): boolean {
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

/** A group's members, cut at its priority groups and at those of the transparent groups in it. */
function segmentsOf(docs: readonly Doc[]): Segment[] {
  const segments: Segment[] = [];
  let before = 0;
  const add = (priority: boolean, docs: readonly Doc[]) => {
    if (docs.length > 0) segments.push({ priority, docs, before });
    for (const doc of docs) before += flatWidth(doc);
  };
  let plain: Doc[] = [];
  const flush = () => {
    add(false, plain);
    plain = [];
  };
  const stack: { docs: readonly Doc[]; index: number }[] = [{ docs, index: 0 }];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const doc = frame.docs[frame.index++];
    if (doc === undefined) stack.pop();
    else if (isGroup(doc) && doc.kind === "priority") {
      flush();
      add(true, doc.items);
    } else if (isGroup(doc) && doc.kind === "transparent")
      stack.push({ docs: doc.items, index: 0 });
    else plain.push(doc);
  }
  flush();
  return segments;
}
