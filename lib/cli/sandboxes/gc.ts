import type { Command } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor, isVerbose } from "./options.ts";
import { progress } from "./progress.ts";
import { interruptibly } from "./signals.ts";

interface GcOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `forage gc`: removes what belongs to no sandbox. */
export function addGc(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("gc")
    .description("remove what commands have left that were cut off")
    .option("--dry-run", "print what would be removed, and remove nothing")
    .option("--json", "print it as JSON")
    .action(async ({ dryRun = false, json = false }: GcOptions) => {
      await interruptibly(terminal, setStatus, async (signal) => {
        const told = json
          ? undefined
          : await progress(terminal, { json, verbose: isVerbose(command) });
        const driver = await driverFor(terminal, { onEvent: told?.onEvent });
        const garbage = await driver.gc({ dryRun, signal }).finally(() => told?.end());
        if (json) terminal.write(`${JSON.stringify(garbage, null, 2)}\n`);
        else if (garbage.length === 0) terminal.writeError("forage: there is nothing to remove\n");
        const verb = dryRun ? "would remove" : "removed";
        for (const { name, reason, paths } of json ? [] : garbage)
          terminal.write(
            `${verb} ${name}: ${reason}\n${paths.map((path) => `  ${path}\n`).join("")}`,
          );
      });
    });
  addExamples(command, [["forage gc --dry-run", "look first"]]);
}
