import type { Command } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
import { linesOption } from "../lines.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor } from "./options.ts";

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly inside?: boolean;
}

/** `forage logs`: the journal of a sandbox. */
export function addLogs(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("logs")
    .description("print the journal of a sandbox")
    .argument("<name>", "the sandbox")
    .option("-f, --follow", "go on with what comes")
    .addOption(linesOption("how many of the last lines").default(200))
    .option("--inside", "its own journal, and not that of its container's unit on the host")
    .action(async (name: string, options: LogsOptions) => {
      setStatus(await (await driverFor(terminal)).logs(name, options));
    });
  addExamples(command, [["forage logs alice --follow", "until Ctrl-C"]]);
}
