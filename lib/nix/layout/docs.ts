import {
  BREAK,
  type Doc,
  flatWidth,
  type Group,
  HARDLINE,
  isGroup,
  isSpacing,
  isText,
  SOFTBREAK,
  type Text,
} from "./doc.ts";

/** Where a document holds a spacing. */
export interface Place {
  readonly docs: readonly Doc[];
  readonly index: number;
}

/** Makes line breaks of some brackets' spacing. */
export function keepOpen(root: Doc[], brackets: readonly Place[]): void {
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

/** How many documents there are, groups' members counted. */
export function count(root: readonly Doc[]): number {
  let total = 0;
  const levels = [root];
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    total += level.length;
    for (const doc of level) if (isGroup(doc)) levels.push(doc.items);
  }
  return total;
}

/** Documents that start a line, where spacing is not wanted. */
export function withoutLeadingSpacing(docs: readonly Doc[]): readonly Doc[] {
  const [first, ...others] = docs;
  if (isSpacing(first)) return others;
  if (!isGroup(first) || !isSpacing(first.items[0])) return docs;
  const items = first.items.slice(1);
  return [{ kind: first.kind, items, width: first.width - flatWidth(first.items[0]) }, ...others];
}

export function firstText(docs: readonly Doc[]): Text | undefined {
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
export function pushFlat(docs: readonly Doc[], chunks: unknown[]): void {
  for (const doc of docs) {
    if (isSpacing(doc)) {
      if (doc !== BREAK && doc !== SOFTBREAK) chunks.push(" ");
    } else if (isGroup(doc)) pushFlat(doc.items, chunks);
    else if (isText(doc) && !doc.trailing) chunks.push(doc.text);
  }
}
