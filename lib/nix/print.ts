import { commentLines } from "./comments.ts";
import { assemble } from "./layout/assemble.ts";
import { entry, expression } from "./layout/compose.ts";
import { group, type Part } from "./layout/doc.ts";
import { type Chunk, layout, type PlacedBlock, spaces } from "./layout/layout.ts";
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
  | { readonly block: PlacedBlock; next: number };

/**
 * The text of a Nix file, in the layout that nixfmt 1.x leaves alone: lines of up to 100 columns, indentation not counted,
 * and one final newline. The same tree gives the same text everywhere.
 *
 * @throws ForageError `nix-value` when the header holds what a Nix file cannot
 * @example printNix(fn(["pkgs", "..."], attrs({ environment: { systemPackages: [pkgs("hello")] } })))
 */
export function printNix(expr: Nix, options: PrintOptions = {}): string {
  const { header } = options;
  const out: string[] = [];
  if (header !== undefined)
    for (const line of remarkLines({
      [nixNode]: true,
      kind: "comment",
      style: "line",
      lines: commentLines(header, ["header"]),
    }))
      out.push(line, "\n");
  // Nested blocks wait on a stack of their own, so that depth is limited by memory alone.
  const tasks: Task[] = [laidOut(() => expression(expr), 0)];
  for (let task = tasks.at(-1); task !== undefined; task = tasks.at(-1)) {
    if ("chunks" in task) {
      const chunk = task.chunks[task.next++];
      if (chunk === undefined) tasks.pop();
      else if (typeof chunk === "string") out.push(chunk);
      else tasks.push({ block: chunk, next: 0 });
      continue;
    }
    const { lines, column } = task.block;
    const index = task.next++;
    const line = lines[index];
    if (line === undefined) {
      tasks.pop();
      continue;
    }
    if (line.kind === "blank") {
      if (index > 0 && lines[index - 1]?.kind !== "blank") out.push("\n");
      continue;
    }
    if (index > 0) out.push("\n");
    if (line.kind === "comment") out.push(commentBlock(remarkLines(line), column));
    else if (line.kind === "binding" || line.kind === "inherit")
      tasks.push(laidOut(() => [entry(line)], column));
    else tasks.push(laidOut(() => expression(at(Level.argument, line)), column));
  }
  out.push("\n");
  return out.join("");
}

function laidOut(parts: () => Part[], column: number): Task {
  return { chunks: layout(assemble([group(parts)]), column), next: 0 };
}

function commentBlock(lines: readonly string[], column: number): string {
  return lines.map((line) => (line === "" ? "" : spaces(column) + line)).join("\n");
}
