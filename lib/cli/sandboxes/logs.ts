import { type Command, InvalidArgumentError, Option } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
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
    .addOption(
      new Option("-n, --lines <number>", "how many of the last lines")
        .argParser(count)
        .default(200),
    )
    .option("--inside", "its own journal, and not that of its container's unit on the host")
    .action(async (name: string, options: LogsOptions) => {
      setStatus(await (await driverFor(terminal)).logs(name, options));
    });
  addExamples(command, [["forage logs alice --follow", "until Ctrl-C"]]);
}

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError("It is a whole number.");
}
