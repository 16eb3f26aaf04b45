import { commentLines } from "./comments.ts";
import { assemble } from "./layout/assemble.ts";
import { entry } from "./layout/collections.ts";
import { expression } from "./layout/compose.ts";
import { group, type Part, spaces } from "./layout/doc.ts";
import { type Chunk, layout, type PlacedBlock } from "./layout/layout.ts";
import { writeQuickBinding, writeQuickItem } from "./layout/quick.ts";
import { remarkLines } from "./layout/remark.ts";
import { at, Level } from "./precedence.ts";
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
  const { header } = options;
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
  const tasks: Task[] = [laidOut(() => expression(expr), 0)];
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
  for (;;) {
    // Many short texts that live long cost the garbage collector more than joining them twice.
    if (out.length >= JOINED_AT_ONCE) pages.push(out.splice(0).join(""));
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
    if (index > 0) out.push("\n");
    if (line.kind === "comment") {
      out.push(commentBlock(remarkLines(line), indentation));
      continue;
    }
    if (line.kind === "inherit") return laidOut(() => [entry(line)], column);
    const quick =
      line.kind === "binding"
        ? writeQuickBinding(line, column, out)
        : writeQuickItem(line, column, out);
    if (quick === true) continue;
    if (quick !== false)
      return {
        block: { lines: quick.lines, column: column + 2 },
        next: 0,
        close: `\n${indentation}${quick.close}`,
      };
    return line.kind === "binding"
      ? laidOut(() => [entry(line)], column)
      : laidOut(() => expression(at(Level.argument, line)), column);
  }
}

function laidOut(parts: () => Part[], column: number): Task {
  return { chunks: layout(assemble([group(parts)]), column), next: 0 };
}

function commentBlock(lines: readonly string[], indentation: string): string {
  return lines.map((line) => (line === "" ? "" : indentation + line)).join("\n");
}
