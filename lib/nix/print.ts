import { commentLines } from "./comments.ts";
import { assemble } from "./layout/assemble.ts";
import { entry } from "./layout/collections.ts";
import { expression } from "./layout/compose.ts";
import { group, type Part, spaces } from "./layout/doc.ts";
import { headed } from "./layout/headed.ts";
import { type Chunk, layout, type PlacedBlock } from "./layout/layout.ts";
import { type Opened, quickBinding, quickItem } from "./layout/quick.ts";
import { remarkLines } from "./layout/remark.ts";
import { isExpression } from "./node.ts";
import { at, Level } from "./precedence.ts";
import { refuse, shown } from "./refuse.ts";
import { type Nix, nixNode } from "./tree.ts";

export interface PrintOptions {
  /** Text for the top of the file, as a comment. */
  readonly header?: string;
}

/** What is being written: chunks that are laid out, or lines that are still to be. */
type Task =
  | { readonly chunks: readonly Chunk[]; next: number }
  | { readonly block: PlacedBlock; next: number; readonly close: string };

/**
 * The text of a Nix file, in the layout that nixfmt 1.x leaves alone: lines of up to 100 columns, indentation not counted,
 * and one final newline. The same tree gives the same text everywhere.
 *
 * @throws ForageError `nix-value` when the header holds what a Nix file cannot
 * @example printNix(fn(["pkgs", "..."], attrs({ environment: { systemPackages: [pkgs("hello")] } })))
 */
export function printNix(expr: Nix, options: PrintOptions = {}): string {
  const { header } = options ?? {};
  if (!isExpression(expr))
    throw refuse(
      [],
      `${shown(expr)} is no expression`,
      "pass what a builder returned, or lift() it",
    );
  const pages: string[] = [];
  const out: string[] = [];
  if (header !== undefined)
    for (const line of remarkLines({
      [nixNode]: true,
      kind: "comment",
      style: "line",
      lines: commentLines(header, ["header"]),
    }))
      out.push(line, "\n");
  // What is nested waits on a stack of its own, so that depth is limited by memory alone.
  const tasks: Task[] = [laidOut(() => expression(header === undefined ? expr : headed(expr)), 0)];
  for (let task = tasks.at(-1); task !== undefined; task = tasks.at(-1)) {
    const inner = "chunks" in task ? writeChunks(task, out) : writeLines(task, out, pages);
    if (inner === undefined) tasks.pop();
    else tasks.push(inner);
  }
  out.push("\n");
  return pages.join("") + out.join("");
}

const JOINED_AT_ONCE = 4096;

/** Writes chunks up to the first that is a task of its own. */
function writeChunks(task: Extract<Task, { chunks: unknown }>, out: string[]): Task | undefined {
  for (;;) {
    const chunk = task.chunks[task.next++];
    if (chunk === undefined) return undefined;
    if (typeof chunk !== "string") return { block: chunk, next: 0, close: "" };
    out.push(chunk);
  }
}

/** Writes lines up to the first that is a task of its own. */
function writeLines(
  task: Extract<Task, { block: unknown }>,
  out: string[],
  pages: string[],
): Task | undefined {
  const { lines, column } = task.block;
  const indentation = spaces(column);
  const nextLine = `\n${indentation}`;
  for (;;) {
    // Many short texts that live long cost the garbage collector more than joining them twice.
    if (out.length >= JOINED_AT_ONCE) {
      pages.push(out.join(""));
      out.length = 0;
    }
    const index = task.next++;
    const line = lines[index];
    if (line === undefined) {
      out.push(task.close);
      return undefined;
    }
    if (line.kind === "blank") {
      if (index > 0 && lines[index - 1]?.kind !== "blank") out.push("\n");
      continue;
    }
    const quick = quickLine(line, column);
    if (quick === undefined) {
      if (index > 0) out.push("\n");
      return laidOut(() => lineParts(line), column);
    }
    const start = index > 0 ? nextLine : indentation;
    if (typeof quick === "string") {
      out.push(start + quick);
      continue;
    }
    out.push(`${start}${quick.open}\n`);
    const block = { lines: quick.lines, column: column + 2 };
    return { block, next: 0, close: nextLine + quick.close };
  }
}

type Line = Exclude<PlacedBlock["lines"][number], { kind: "blank" }>;

function quickLine(line: Line, column: number): string | Opened | undefined {
  if (line.kind === "binding") return quickBinding(line, column);
  if (line.kind === "inherit") return undefined;
  if (line.kind === "comment") return commentText(remarkLines(line), column);
  return quickItem(line, column);
}

function lineParts(line: Line): Part[] {
  if (line.kind === "binding" || line.kind === "inherit") return [entry(line)];
  return line.kind === "comment" ? [] : expression(at(Level.argument, line));
}

function commentText(lines: readonly string[], column: number): string {
  const indentation = `\n${spaces(column)}`;
  return lines.reduce((text, line) => text + (line === "" ? "\n" : indentation + line));
}

function laidOut(parts: () => Part[], column: number): Task {
  return { chunks: layout(assemble([group(parts)]), column), next: 0 };
}
