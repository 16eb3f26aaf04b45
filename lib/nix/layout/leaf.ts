import { isIdentifier } from "../names.ts";
import { isRemark } from "../node.ts";
import { attrName, quote } from "../text.ts";
import type { Nix, NixList, NixSelect, NixString } from "../tree.ts";
import { LINE_WIDTH } from "./doc.ts";
import { stringForm } from "./strings.ts";

/** An expression that is one text wherever it stands, unless its line is too long. */
export function leafText(node: Nix): string | undefined {
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
      return listText(node);
    case "set":
      return node.entries.length === 0 && !node.recursive ? "{ }" : undefined;
    default:
      return undefined;
  }
}

/** An empty list, or one of a single leaf. */
function listText({ items }: NixList): string | undefined {
  const [only] = items;
  if (only === undefined) return "[ ]";
  if (items.length > 1 || isRemark(only) || only.kind === "unary" || only.kind === "list")
    return undefined;
  const text = leafText(only);
  return text === undefined ? undefined : `[ ${text} ]`;
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

/** `${…}` around an expression that nixfmt never breaks inside a string. */
export function holeText(node: Nix): string | undefined {
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
