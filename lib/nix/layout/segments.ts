import {
  BRACKET,
  BREAK,
  type Doc,
  flatWidth,
  HARDSPACE,
  isGroup,
  SOFTBREAK,
  SOFTSPACE,
  SPACE,
} from "./doc.ts";

export interface Segment {
  readonly priority: boolean;
  readonly docs: readonly Doc[];
  /** The width of all that stands before it. */
  readonly before: number;
  /** The width of all that follows it. */
  after: number;
}

/** A group's members, cut at its priority groups and at those of the transparent groups in it. */
export function segmentsOf(docs: readonly Doc[]): Segment[] {
  const segments: Segment[] = [];
  let before = 0;
  const add = (priority: boolean, docs: readonly Doc[]) => {
    if (docs.length > 0) segments.push({ priority, docs, before, after: 0 });
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
  let after = 0;
  for (const segment of segments.reverse()) {
    segment.after = after;
    for (const doc of segment.docs) after += flatWidth(doc);
  }
  return segments.reverse();
}

/** Documents whose own spacings, not their groups', no longer break. */
export function withoutBreaks(docs: readonly Doc[]): Doc[] {
  return docs
    .filter((doc) => doc !== BREAK && doc !== SOFTBREAK)
    .map((doc) => (doc === SPACE || doc === SOFTSPACE || doc === BRACKET ? HARDSPACE : doc));
}
