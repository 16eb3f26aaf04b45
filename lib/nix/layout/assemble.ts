import {
  BREAK,
  type Doc,
  flatWidth,
  type Group,
  type GroupKind,
  HARDLINE,
  HARDSPACE,
  isGroup,
  isHard,
  isSpacing,
  isText,
  mergeSpacings,
  type Part,
  SOFTBREAK,
  type Spacing,
  spacingWidth,
  type Text,
  textWidth,
} from "./doc.ts";

/** A list of parts that is being read. */
interface Frame {
  readonly parts: readonly Part[];
  next: number;
  readonly nest: number;
  readonly offset: number;
  readonly into: Doc[];
  /** The group that ends with these parts, and where it goes. */
  readonly ends: { readonly kind: GroupKind; readonly into: Doc[] } | undefined;
}

/**
 * The document of some parts. Spacing that means the same inside and outside a group moves out of the group's ends, and
 * neighbours merge. Works on a stack of its own, so that depth is limited by memory alone.
 */
export function assemble(parts: readonly Part[]): Doc[] {
  const root: Doc[] = [];
  const stack: Frame[] = [{ parts, next: 0, nest: 0, offset: 0, into: root, ends: undefined }];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { into, nest, offset } = frame;
    const part = frame.parts[frame.next++];
    if (part === undefined) {
      stack.pop();
      if (frame.ends) addGroup(frame.ends.into, frame.ends.kind, into);
    } else if (typeof part === "string") {
      if (part !== "")
        addText(into, { text: part, width: textWidth(part), nest, offset, trailing: false });
    } else if (typeof part === "number") addSpacing(into, part);
    else if (typeof part === "function")
      stack.push({ parts: part(), next: 0, nest, offset, into, ends: undefined });
    else if ("group" in part)
      stack.push({
        parts: part.parts,
        next: 0,
        nest,
        offset,
        into: [],
        ends: { kind: part.group, into },
      });
    else if ("parts" in part)
      stack.push({
        parts: part.parts,
        next: 0,
        nest: nest + part.nest,
        offset: offset + part.offset,
        into,
        ends: undefined,
      });
    else if ("lines" in part) into.push({ lines: part.lines, nest, offset });
    else if ("anywhere" in part)
      stack.push({ parts: part.anywhere(), next: 0, nest, offset, into, ends: undefined });
    else addText(into, { ...part, nest: nest + part.nest, offset: offset + part.offset });
  }
  return root;
}

function addText(into: Doc[], text: Text): void {
  const last = into.at(-1);
  if (last === undefined || isSpacing(last) || !isText(last) || last.trailing !== text.trailing) {
    into.push(text);
    return;
  }
  last.text += text.text;
  last.width += text.width;
}

function addSpacing(into: Doc[], spacing: Spacing): void {
  const last = into.at(-1);
  if (isSpacing(last)) into[into.length - 1] = mergeSpacings(last, spacing);
  else into.push(spacing);
}

function addGroup(into: Doc[], kind: GroupKind, items: Doc[]): void {
  const first = items[0];
  if (isSpacing(first) && isHard(first)) {
    items.shift();
    addSpacing(into, first);
  }
  const last = items.at(-1);
  if (isSpacing(last) && isHard(last)) items.pop();
  if (into.at(-1) === HARDSPACE && absorbSpace(items)) into.pop();
  const only = items.length === 1 ? items[0] : undefined;
  if (isGroup(only) && only.kind === kind) into.push(only);
  else if (items.length > 0) {
    let width = 0;
    for (const item of items) width += flatWidth(item);
    into.push({ kind, items, width });
  }
  if (isSpacing(last) && isHard(last)) addSpacing(into, last);
}

/** A space before a group that starts with spacing of its own joins that. */
function absorbSpace(items: Doc[]): boolean {
  const around: Group[] = [];
  let inner = items;
  for (let first = inner[0]; isGroup(first); first = inner[0]) {
    around.push(first);
    inner = first.items;
  }
  const first = inner[0];
  if (!isSpacing(first)) return false;
  const merged = mergeSpacings(HARDSPACE, first);
  for (const group of around) group.width += spacingWidth(merged) - spacingWidth(first);
  inner[0] = merged;
  return true;
}

/**
 * The parts on one line, or undefined where they hold a line break or are wider than the limit. What they hold is read
 * only as far as that takes.
 *
 * @param purpose whether to print them, or only to know that they fit
 */
export function flatten(
  parts: readonly Part[],
  limit: number,
  purpose: "print" | "measure" = "print",
): Part[] | undefined {
  const flat: Part[] = [];
  let room = limit;
  const stack: { parts: readonly Part[]; next: number; nest: number; offset: number }[] = [
    { parts, next: 0, nest: 0, offset: 0 },
  ];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { nest, offset } = frame;
    const part = frame.parts[frame.next++];
    if (part === undefined) stack.pop();
    else if (typeof part === "string") {
      const width = textWidth(part);
      room -= width;
      if (part !== "") flat.push({ text: part, width, nest, offset, trailing: false });
    } else if (typeof part === "number") {
      if (part >= HARDLINE) return undefined;
      if (part === BREAK || part === SOFTBREAK) continue;
      room -= 1;
      flat.push(HARDSPACE);
    } else if (typeof part === "function") stack.push({ parts: part(), next: 0, nest, offset });
    else if ("group" in part) stack.push({ parts: part.parts, next: 0, nest, offset });
    else if ("parts" in part)
      stack.push({
        parts: part.parts,
        next: 0,
        nest: nest + part.nest,
        offset: offset + part.offset,
      });
    else if ("lines" in part) return undefined;
    else if ("anywhere" in part)
      stack.push({
        parts: purpose === "print" ? part.unbroken() : part.measured(),
        next: 0,
        nest,
        offset,
      });
    else {
      room -= part.width;
      flat.push({ ...part, nest: nest + part.nest, offset: offset + part.offset });
    }
    if (room < 0) return undefined;
  }
  return flat;
}
