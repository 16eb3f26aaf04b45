import type { Command } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor, isVerbose, jsonEvents } from "./options.ts";
import { progress } from "./progress.ts";
import { interruptibly } from "./signals.ts";

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
      await interruptibly(terminal, setStatus, async (signal) => {
        const { onEvent, end } = await progress(terminal, { json, verbose: isVerbose(command) });
        let isGone: boolean;
        try {
          isGone = await (await driverFor(terminal, { onEvent })).down(name, {
            ignoreMissing,
            signal,
          });
        } finally {
          end();
        }
        if (!json)
          terminal.writeError(
            isGone ? `forage: ${name} is gone\n` : `forage: there is no sandbox ${name}\n`,
          );
      });
    });
  addExamples(command, [
    ["forage down alice", "its secrets, its container and its state; the workspace stays"],
  ]);
}
