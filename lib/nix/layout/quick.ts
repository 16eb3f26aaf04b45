import { isIdentifier } from "../names.ts";
import { attrName, quote } from "../text.ts";
import type { Nix, NixBinding, NixCall, NixSelect, NixString } from "../tree.ts";
import { type Block, LINE_WIDTH, spaces } from "./doc.ts";

import { alwaysExplodes } from "./shape.ts";
import { escapeIndentedParts, HOLE, keepsItsText, shapeOf, stringForm } from "./strings.ts";

/** Lines that an open bracket holds, and what closes it. */
export interface Opened {
  readonly lines: Block["lines"];
  readonly close: string;
}

/**
 * Writes a line whose layout is plain without weighing alternatives, as most of a large file's are; `layout` would do the
 * same, only slower.
 *
 * @returns whether it was written, or what its bracket opens
 */
export function writeQuickBinding(
  { path, value }: NixBinding,
  column: number,
  out: string[],
): boolean | Opened {
  if (path.length > 4) return false;
  const [first] = path;
  if (path.length === 1 && typeof first === "string" && !isIdentifier(first))
    return writeAssigned(quote(first), false, value, column, out);
  for (const name of path) if (typeof name !== "string" || !isIdentifier(name)) return false;
  return writeAssigned(
    path.length === 1 ? (first as string) : path.join("."),
    true,
    value,
    column,
    out,
  );
}

/** `key = value;`. A bare key never parts from a string. */
function writeAssigned(
  key: string,
  bare: boolean,
  value: Nix,
  column: number,
  out: string[],
): boolean | Opened {
  const text = leafText(value);
  if (text === undefined)
    return value.kind === "call"
      ? bare && writeApplied(key, value, column, out)
      : writeOpened([key, " = "], key.length + 3, value, ";", column, out);
  const stays = bare && value.kind === "string" && typeof value.parts[0] !== "object";
  if (!stays && key.length + text.length + 4 > LINE_WIDTH) return false;
  out.push(spaces(column), key, " = ", text, ";");
  return true;
}

/** As `writeQuickBinding`, for a list's item. */
export function writeQuickItem(item: Nix, column: number, out: string[]): boolean | Opened {
  const text = leafText(item);
  if (text === undefined) return writeOpened([], 0, item, "", column, out);
  if (text.length > LINE_WIDTH || item.kind === "unary") return false;
  out.push(spaces(column), text);
  return true;
}

/** A value whose bracket opens on the line and stays open. */
function writeOpened(
  before: readonly string[],
  width: number,
  value: Nix,
  after: string,
  column: number,
  out: string[],
): boolean | Opened {
  if (width + "rec {".length > LINE_WIDTH) return false;
  if (value.kind === "string") return writeMultiLine(before, value, after, column, out);
  if (value.kind !== "set" && value.kind !== "list") return false;
  const assigned = after !== "" && before.length === 2;
  const explodes =
    alwaysExplodes(value) ||
    (assigned && value.kind === "set" && value.entries[0]?.kind === "binding");
  if (!explodes) return false;
  out.push(spaces(column), ...before);
  if (value.kind === "list") {
    out.push("[\n");
    return { lines: value.items, close: `]${after}` };
  }
  out.push(value.recursive ? "rec {\n" : "{\n");
  return { lines: value.entries, close: `}${after}` };
}

/** An application to leaves and, last, to something that opens. */
function writeApplied(
  key: string,
  { fn, args }: NixCall,
  column: number,
  out: string[],
): boolean | Opened {
  const head = fn.kind === "identifier" || fn.kind === "select" ? leafText(fn) : undefined;
  const opener = args.at(-1);
  if (head === undefined || opener === undefined) return false;
  const before = [key, " = ", head, " "];
  let width = key.length + head.length + 4;
  for (let index = 0; index < args.length - 1; index++) {
    const arg = args[index] as Nix;
    const text = arg.kind === "unary" || arg.kind === "list" ? undefined : leafText(arg);
    if (text === undefined) return false;
    before.push(text, " ");
    width += text.length + 1;
  }
  return writeOpened(before, width, opener, ";", column, out);
}

/** An expression that is one text wherever it stands, unless its line is too long. */
function leafText(node: Nix): string | undefined {
  switch (node.kind) {
    case "identifier":
      return node.name;
    case "number":
      return node.digits;
    case "unary":
      return node.operator === "-" && node.operand.kind === "number"
        ? `-${node.operand.digits}`
        : undefined;
    case "select":
      return selectText(node);
    case "string":
      return node.indented ? undefined : stringText(node);
    case "list":
      return node.items.length === 0 ? "[ ]" : undefined;
    case "set":
      return node.entries.length === 0 && !node.recursive ? "{ }" : undefined;
    default:
      return undefined;
  }
}

function selectText({ from, path, fallback }: NixSelect): string | undefined {
  if (from.kind !== "identifier" || fallback !== undefined) return undefined;
  let text = from.name;
  for (const name of path) {
    if (typeof name !== "string") return undefined;
    text += `.${attrName(name)}`;
  }
  return text;
}

function stringText(node: NixString): string | undefined {
  const [first] = node.parts;
  if (node.parts.length === 1 && typeof first === "string") return quote(first);
  const text = lineText(stringForm(node).lines[0] ?? []);
  return text === undefined ? undefined : `"${text}"`;
}

/** A line of a string: simple holes never break, except one that is alone on a line that is too long. */
function lineText(line: readonly (string | Nix)[]): string | undefined {
  let text = "";
  for (const part of line) {
    const piece = typeof part === "string" ? part : holeText(part);
    if (piece === undefined) return undefined;
    text += piece;
  }
  const alone = line.length <= 2 && typeof line.at(-1) === "object";
  // The quotes, and what may follow them.
  return alone && text.length + 10 > LINE_WIDTH ? undefined : text;
}

function holeText(node: Nix): string | undefined {
  const text = simpleText(node);
  return text === undefined ? undefined : `\${${text}}`;
}

/** `x`, `a.b`, or one of them applied to up to two, or to plain strings. */
function simpleText(node: Nix): string | undefined {
  if (node.kind === "identifier") return node.name;
  if (node.kind === "select") return isBare(node) ? selectText(node) : undefined;
  if (node.kind !== "call" || node.args.length > 2 || node.fn.kind === "call") return undefined;
  let text = simpleText(node.fn);
  for (const arg of node.args) {
    const argument =
      arg.kind === "string" ? plainText(arg) : arg.kind === "call" ? undefined : simpleText(arg);
    if (text === undefined || argument === undefined) return undefined;
    text += ` ${argument}`;
  }
  return text;
}

function isBare({ path }: NixSelect): boolean {
  return path.every((name) => typeof name === "string" && isIdentifier(name));
}

function plainText({ indented, parts }: NixString): string | undefined {
  const [first] = parts;
  return !indented && parts.length === 1 && typeof first === "string" ? quote(first) : undefined;
}

function writeMultiLine(
  before: readonly string[],
  { indented, parts }: NixString,
  after: string,
  column: number,
  out: string[],
): boolean {
  if (!indented) return false;
  const shape = shapeOf(parts);
  if (!shape.includes("\n") || !keepsItsText(shape)) return false;
  const holeLimit = HOLE_ALONE.test(shape) ? SHORT_HOLE : Number.POSITIVE_INFINITY;
  const start = out.length;
  out.push(spaces(column), ...before, "''");
  const indentation = `\n${spaces(column + 2)}`;
  out.push(shape.startsWith("\n") ? "\n" : indentation);
  const endsLine = shape.endsWith("\n");
  for (const [index, part] of escapeIndentedParts(parts).entries()) {
    const isEnd = endsLine && index === parts.length - 1;
    const text = typeof part === "string" ? indentLines(part, indentation, isEnd) : holeText(part);
    if (text === undefined || (typeof part !== "string" && text.length > holeLimit)) {
      out.length = start;
      return false;
    }
    out.push(text);
  }
  if (endsLine) out.push(`\n${spaces(column)}`);
  out.push("''", after);
  return true;
}

/** A hole that is alone on its line may break there if it is too long. */
const HOLE_ALONE = new RegExp(`(?:^|\n) *${HOLE}(?:\n|$)`);
const SHORT_HOLE = 40;

/** Text with each line but its first indented; empty lines stay empty. The closing quotes make the line at its end. */
function indentLines(text: string, indentation: string, isEnd: boolean): string {
  const indented = text.replaceAll("\n", indentation);
  const spaced = text.includes("\n\n") ? indented.replaceAll(/\n +(?=\n)/g, "\n") : indented;
  return isEnd ? spaced.slice(0, -indentation.length) : spaced;
}
