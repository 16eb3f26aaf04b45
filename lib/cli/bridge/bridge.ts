import type { Command } from "commander";
import { addExamples, type SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import type { SetupOptions } from "./setup.ts";

const EXIT_NOT_READY = 1;

/** `forage bridge`: the proxy on the host that has the keys. */
export function addBridge(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("bridge")
    .description("run the proxy that has the keys, so that no sandbox has them");
  withSetup(command.command("run"))
    .description("run it until a signal comes")
    .action(async (options: SetupOptions) => {
      const { runBridge } = await import("./run.ts");
      await runBridge(options, terminal);
    });
  withSetup(command.command("check"))
    .description("look whether all that it needs is there; exits with 1 if something is not")
    .option("--json", "print what was found as JSON")
    .action(async ({ json = false, ...options }: SetupOptions & { readonly json?: boolean }) => {
      const { checkBridge } = await import("../../bridge/check.ts");
      const { printedToken } = await import("../../driver/bridge-host.ts");
      const { openSetup } = await import("./setup.ts");
      const found = await checkBridge(await openSetup(options, terminal), printedToken);
      if (json) terminal.write(`${JSON.stringify(found, null, 2)}\n`);
      else
        for (const { subject, isReady, detail } of found)
          terminal.write(`${isReady ? "ready  " : "MISSING"}  ${subject}: ${detail}\n`);
      if (found.some(({ isReady }) => !isReady)) setStatus(EXIT_NOT_READY);
    });
  addExamples(command, [
    ["forage bridge check", "are the keys there, and the providers' names known?"],
    ["forage bridge run", "as root or as a user that can read the keys"],
  ]);
}

function withSetup(command: Command): Command {
  return command
    .option("-c, --config <file>", "the configuration (default: the nearest forage.config.*)")
    .option("--setup <file>", "what the bridge's NixOS module wrote, in the configuration's place");
}
