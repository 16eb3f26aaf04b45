import type { Command } from "commander";
import type { CallsOptions } from "./audit-calls.ts";
import { USUAL_LINES, withDirectory, withFilter, withoutOptionsOf } from "./audit-options.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { linesOption } from "./lines.ts";
import type { Terminal } from "./terminal.ts";

/** `forage audit`: the log of the bridge's calls. */
export function addAudit(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = withFilter(program.command("audit"))
    .description("print the calls that the bridge has logged")
    .option("-f, --follow", "go on with what comes")
    .addOption(linesOption(`how many of the last (default: ${USUAL_LINES}, or all with --since)`))
    .option("--json", "print them as the log has them, an object on each line")
    .action(async (options: CallsOptions) => {
      const { printCalls } = await import("./audit-calls.ts");
      await printCalls(options, terminal);
    });

  withFilter(withoutOptionsOf(command, command.command("sum")))
    .description("print a table of them, by sandbox and day")
    .option("--json", "print it as JSON")
    .action(async (_: unknown, sum: Command) => {
      const { printSums } = await import("./audit-sum.ts");
      await printSums(sum.optsWithGlobals(), terminal);
    });

  withDirectory(withoutOptionsOf(command, command.command("verify")))
    .description("look whether a line was changed or is missing; exits with 1 if so")
    .option("--json", "print what was checked and what is wrong as JSON")
    .action(async (_: unknown, verify: Command) => {
      const { printCheck } = await import("./audit-verify.ts");
      await printCheck(verify.optsWithGlobals(), terminal, setStatus);
    });

  addExamples(command, [
    ["forage audit --sandbox alice --follow", "until Ctrl-C"],
    ["forage audit --decision refused --since 1d", "what was refused, and by which rule"],
    ["forage audit sum --since 2026-07-01", "calls, tokens and dollars of a month"],
    ["forage audit verify", "is the log as it was written?"],
  ]);
}
