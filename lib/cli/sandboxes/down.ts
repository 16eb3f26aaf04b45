import type { Command } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { atWork } from "./at-work.ts";
import { jsonEvents } from "./options.ts";

interface DownOptions {
  readonly ignoreMissing?: boolean;
  readonly json?: boolean;
}

/** `forage down`: removes a sandbox. */
export function addDown(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("down")
    .description("stop a sandbox and remove it, but for its workspace")
    .argument("<name>", "the sandbox")
    .option("--ignore-missing", "it is fine when there is none of that name")
    .addOption(jsonEvents())
    .action(async (name: string, { ignoreMissing = false, json = false }: DownOptions) => {
      await atWork(terminal, setStatus, {
        command,
        json,
        work: (driver, signal) => driver.down(name, { ignoreMissing, signal }),
        tell: (isGone) => (isGone ? `${name} is gone` : `there is no sandbox ${name}`),
      });
    });
  addExamples(command, [
    ["forage down alice", "its secrets, its container and its state; the workspace stays"],
  ]);
}
