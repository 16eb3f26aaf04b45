import {
  type Block,
  BRACKET,
  type Doc,
  flatWidth,
  type Group,
  HARDSPACE,
  isGroup,
  isSpacing,
  isText,
  LINE_WIDTH,
  lineBreaks,
  SOFTBREAK,
  SOFTSPACE,
  spaces,
  type Text,
} from "./doc.ts";
import { count, firstText, keepOpen, type Place, pushFlat, withoutLeadingSpacing } from "./docs.ts";
import {
  type Attempt,
  type Indents,
  lineStartFits,
  lineStartWidth,
  type Rest,
  restOf,
} from "./rest.ts";
import { type Segment, segmentsOf, withoutBreaks } from "./segments.ts";

const INDENT = 2;

const STEPS_WITHOUT_COUNTING = 100_000;
const STEPS_PER_DOCUMENT = 64;

/** Text as it is, or lines that are still to be laid out at an indentation. */
export type Chunk = string | PlacedBlock;

export interface PlacedBlock {
  readonly lines: Block["lines"];
  readonly column: number;
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

  // Each attempt that fails lays its group out again, so nested ones could take exponential time.
  let steps = 0;
  let allowance = STEPS_WITHOUT_COUNTING;
  const isExhausted = (): boolean => {
    if (steps > allowance && allowance === STEPS_WITHOUT_COUNTING)
      allowance += STEPS_PER_DOCUMENT * count(docs);
    return steps > allowance;
  };

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
      if (at < segments.length - 1 && (segment.after > LINE_WIDTH + 1 || isExhausted())) continue;
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
    steps++;
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
