import { isIdentifier } from "../names.ts";
import { quote } from "../text.ts";
import type { Nix, NixBinding, NixCall, NixList, NixString } from "../tree.ts";
import { type Block, LINE_WIDTH, spaces } from "./doc.ts";
import { holeText, leafText } from "./leaf.ts";
import { alwaysExplodes, isBarePath } from "./shape.ts";
import { escapeIndentedParts, HOLE, keepsItsText, shapeOf } from "./strings.ts";

/** A line up to the bracket that it opens, the lines in there, and the line that closes it. */
export interface Opened {
  readonly open: string;
  readonly lines: Block["lines"];
  readonly close: string;
}

/**
 * A line whose layout is plain without weighing alternatives, as most of a large file's are, or undefined for one that
 * `layout` must lay out; it would do these the same way, only slower.
 */
export function quickBinding(
  { path, value }: NixBinding,
  column: number,
): string | Opened | undefined {
  const [first] = path;
  if (path.length === 1 && typeof first === "string") {
    const bare = isIdentifier(first);
    return assigned(bare ? first : quote(first), bare, value, column);
  }
  return path.length <= 4 && isBarePath(path)
    ? assigned(path.join("."), true, value, column)
    : undefined;
}

/** `key = value;`. A bare key never parts from a string. */
function assigned(
  key: string,
  bare: boolean,
  value: Nix,
  column: number,
): string | Opened | undefined {
  const text = leafText(value);
  if (text === undefined) {
    // After a quoted key the end of what is assigned counts too.
    if (!bare && (value.kind === "call" || value.kind === "string")) return undefined;
    if (value.kind === "call") return applied(key, value, column);
    return opened(`${key} = `, value, ";", column, true);
  }
  const stays = bare && value.kind === "string" && typeof value.parts[0] !== "object";
  return stays || key.length + text.length + 4 <= LINE_WIDTH ? `${key} = ${text};` : undefined;
}

/** As `quickBinding`, for a list's item. */
export function quickItem(item: Nix, column: number): string | Opened | undefined {
  const text = leafText(item);
  if (text === undefined) return opened("", item, "", column, false);
  return text.length <= LINE_WIDTH && item.kind !== "unary" ? text : undefined;
}

/** A value whose bracket opens on the line and stays open. A set that is assigned always does. */
function opened(
  before: string,
  value: Nix,
  after: string,
  column: number,
  isAssigned: boolean,
): string | Opened | undefined {
  if (before.length + "rec {".length > LINE_WIDTH) return undefined;
  if (value.kind === "string") {
    const text = multiLine(value, column);
    return text === undefined ? undefined : before + text + after;
  }
  if (value.kind === "list") {
    if (!alwaysExplodes(value) && !holdsLines(value.items[0])) return undefined;
    return { open: `${before}[`, lines: value.items, close: `]${after}` };
  }
  if (value.kind !== "set") return undefined;
  if (!alwaysExplodes(value) && !(isAssigned && value.entries[0]?.kind === "binding"))
    return undefined;
  const bracket = value.recursive ? "rec {" : "{";
  return { open: before + bracket, lines: value.entries, close: `}${after}` };
}

/** Whether a list's only item is printed over several lines, so that the list is too. */
function holdsLines(item: NixList["items"][number] | undefined): boolean {
  return (item?.kind === "set" || item?.kind === "list") && alwaysExplodes(item);
}

/** An application to leaves and, last, to something that opens. */
function applied(key: string, { fn, args }: NixCall, column: number): string | Opened | undefined {
  const head = fn.kind === "identifier" || fn.kind === "select" ? leafText(fn) : undefined;
  const opener = args.at(-1);
  if (head === undefined || opener === undefined) return undefined;
  let before = `${key} = ${head} `;
  for (let index = 0; index < args.length - 1; index++) {
    const arg = args[index] as Nix;
    const text = arg.kind === "unary" || arg.kind === "list" ? undefined : leafText(arg);
    if (text === undefined) return undefined;
    before += `${text} `;
  }
  return opened(before, opener, ";", column, false);
}

function multiLine({ indented, parts }: NixString, column: number): string | undefined {
  if (!indented) return undefined;
  const shape = shapeOf(parts);
  if (!shape.includes("\n") || !keepsItsText(shape)) return undefined;
  const holeLimit = HOLE_ALONE.test(shape) ? SHORT_HOLE : Number.POSITIVE_INFINITY;
  const indentation = `\n${spaces(column + 2)}`;
  const endsLine = shape.endsWith("\n");
  let text = shape.startsWith("\n") ? "''\n" : `''${indentation}`;
  const escaped = escapeIndentedParts(parts);
  for (let index = 0; index < escaped.length; index++) {
    const part = escaped[index] as string | Nix;
    if (typeof part === "string") {
      text += indentLines(part, indentation, endsLine && index === escaped.length - 1);
      continue;
    }
    const hole = holeText(part);
    if (hole === undefined || hole.length > holeLimit) return undefined;
    text += hole;
  }
  return endsLine ? `${text}\n${spaces(column)}''` : `${text}''`;
}

/** A hole that is alone on its line may break there if it is too long. */
const HOLE_ALONE = new RegExp(`(?:^|\\n) *${HOLE}(?:\\n|$)`);
const SHORT_HOLE = 40;

/** Text with each line but its first indented; empty lines stay empty. The closing quotes make the line at its end. */
function indentLines(text: string, indentation: string, isEnd: boolean): string {
  const indented = text.replaceAll("\n", indentation);
  const spaced = text.includes("\n\n") ? indented.replaceAll(/\n +(?=\n)/g, "\n") : indented;
  return isEnd ? spaced.slice(0, -indentation.length) : spaced;
}
