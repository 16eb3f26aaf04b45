import type { Command } from "commander";

/** What the terminal's status says when a check has found a difference. */
export type SetStatus = (status: number) => void;

/** Ends a command's help with examples: command lines, each with what it does. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [line: string, meaning: string])[],
): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}\n`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("").trimEnd()}`);
}
