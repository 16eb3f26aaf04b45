import { isIdentifier } from "../names.ts";
import { attrName, quote } from "../text.ts";
import type { Nix, NixBinding, NixString } from "../tree.ts";
import type { Block } from "./doc.ts";
import { LINE_WIDTH, spaces } from "./layout.ts";
import { alwaysExplodes } from "./shape.ts";
import { stringForm } from "./strings.ts";

/**
 * A line, or the lines that an expression opens, whose layout is plain without weighing alternatives. Most of a large
 * file is; the rest is laid out by `layout`, which would do these the same way, only slower.
 */
export interface QuickLine {
  readonly text: string;
  /** The lines between `text` and `close`, which then stand on lines of their own. */
  readonly lines?: Block["lines"];
  readonly close: string;
}

export function quickBinding({ path, value }: NixBinding, column: number): QuickLine | undefined {
  const [name] = path;
  if (path.length !== 1 || typeof name !== "string") return quickPath(path, value, column);
  const bare = isIdentifier(name);
  return assigned(bare ? name : quote(name), bare, value, column);
}

function quickPath(path: NixBinding["path"], value: Nix, column: number): QuickLine | undefined {
  if (path.length > 4) return undefined;
  for (const name of path) if (typeof name !== "string" || !isIdentifier(name)) return undefined;
  return assigned(path.join("."), true, value, column);
}

/** `key = value;`; a bare key never parts from a string. */
function assigned(key: string, bare: boolean, value: Nix, column: number): QuickLine | undefined {
  const text = leafText(value);
  if (text !== undefined) {
    const line = `${key} = ${text};`;
    const stays = bare && value.kind === "string" && typeof value.parts[0] !== "object";
    return stays || line.length <= LINE_WIDTH ? { text: line, close: "" } : undefined;
  }
  return opened(`${key} = `, value, ";", bare, column);
}

export function quickItem(item: Nix, column: number): QuickLine | undefined {
  const text = leafText(item);
  if (text === undefined) return opened("", item, "", true, column);
  return text.length <= LINE_WIDTH && item.kind !== "unary" ? { text, close: "" } : undefined;
}

/** A value whose bracket opens on the line and always stays open. */
function opened(
  before: string,
  value: Nix,
  after: string,
  bare: boolean,
  column: number,
): QuickLine | undefined {
  if (value.kind === "call")
    return bare && before !== "" ? applied(before, value, after, column) : undefined;
  const explodes =
    before !== "" && value.kind === "set" && value.entries.length === 1
      ? value.entries[0]?.kind === "binding"
      : undefined;
  const start = before.length + 5;
  if (value.kind === "set" && (explodes ?? alwaysExplodes(value)) && start <= LINE_WIDTH)
    return {
      text: `${before}${value.recursive ? "rec {" : "{"}`,
      lines: value.entries,
      close: `}${after}`,
    };
  if (value.kind === "list" && alwaysExplodes(value) && start <= LINE_WIDTH)
    return { text: `${before}[`, lines: value.items, close: `]${after}` };
  const string = bare && value.kind === "string" ? multiLine(value, column) : undefined;
  return string === undefined ? undefined : { text: `${before}${string}${after}`, close: "" };
}

/** An application to leaves and, last, to something that opens. */
function applied(
  before: string,
  { fn, args }: Extract<Nix, { kind: "call" }>,
  after: string,
  column: number,
): QuickLine | undefined {
  let head = before + (leafText(fn) ?? "");
  if (head === before || fn.kind === "number" || fn.kind === "unary") return undefined;
  const last = args.length - 1;
  for (let index = 0; index < last; index++) {
    const arg = args[index] as Nix;
    const text = arg.kind === "unary" || arg.kind === "list" ? undefined : leafText(arg);
    if (text === undefined) return undefined;
    head += ` ${text}`;
  }
  const opener = args[last] as Nix;
  if (opener.kind === "call" || head.length + 6 > LINE_WIDTH) return undefined;
  if (opener.kind === "set" && !alwaysExplodes(opener)) return undefined;
  return opened(`${head} `, opener, after, true, column);
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
      return stringText(node);
    case "list":
      return node.items.length === 0 ? "[ ]" : undefined;
    case "set":
      return node.entries.length === 0 && !node.recursive ? "{ }" : undefined;
    default:
      return undefined;
  }
}

function selectText({
  from,
  path,
  fallback,
}: Extract<Nix, { kind: "select" }>): string | undefined {
  if (from.kind !== "identifier" || fallback !== undefined) return undefined;
  let text = from.name;
  for (const name of path) {
    if (typeof name !== "string") return undefined;
    text += `.${attrName(name)}`;
  }
  return text;
}

function stringText(node: NixString): string | undefined {
  const { quotes, lines } = stringForm(node);
  const [line] = lines;
  if (line === undefined || lines.length > 1) return undefined;
  if (line.length === 1 && typeof line[0] === "string") return quotes + line[0] + quotes;
  const text = lineText(line);
  return text === undefined ? undefined : quotes + text + quotes;
}

/** A line of a string: nixfmt never breaks simple holes, except one that is alone on a line that is too long. */
function lineText(line: readonly (string | Nix)[]): string | undefined {
  let text = "";
  for (const part of line) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const hole = holeText(part);
    if (hole === undefined) return undefined;
    text += `\${${hole}}`;
  }
  const alone = line.length <= 2 && typeof line.at(-1) === "object";
  // The quotes, and what may follow them.
  return alone && text.length + 10 > LINE_WIDTH ? undefined : text;
}

/** `x`, `a.b`, or a path or function applied to up to two of them. */
function holeText(node: Nix): string | undefined {
  if (node.kind === "identifier") return node.name;
  if (node.kind === "select") return isBareSelect(node) ? selectText(node) : undefined;
  if (node.kind !== "call" || node.args.length > 2) return undefined;
  const fn = node.fn.kind === "call" ? undefined : holeText(node.fn);
  if (fn === undefined) return undefined;
  let text = fn;
  for (const arg of node.args) {
    const argument =
      arg.kind === "string" ? plainText(arg) : arg.kind === "call" ? undefined : holeText(arg);
    if (argument === undefined) return undefined;
    text += ` ${argument}`;
  }
  return text;
}

function isBareSelect({ path }: Extract<Nix, { kind: "select" }>): boolean {
  return path.every((name) => typeof name === "string" && isIdentifier(name));
}

function plainText(node: NixString): string | undefined {
  return node.parts.every((part) => typeof part === "string") ? stringText(node) : undefined;
}

function multiLine(node: NixString, column: number): string | undefined {
  if (!node.indented) return undefined;
  const { quotes, lines } = stringForm(node);
  if (lines.length < 2) return undefined;
  const indentation = `\n${spaces(column + 2)}`;
  let text = quotes as string;
  let ends = "";
  for (const line of lines) {
    if (line.length === 0) {
      text += "\n";
      ends = spaces(column);
      continue;
    }
    const only = line.length === 1 ? line[0] : undefined;
    const content = typeof only === "string" ? only : lineText(line);
    if (content === undefined) return undefined;
    text += indentation + content;
    ends = "";
  }
  return text + ends + quotes;
}
