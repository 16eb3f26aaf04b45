import { passedSockets } from "../../bridge/activation.ts";
import { startBridge } from "../../bridge/bridge.ts";
import type { Hooks } from "../../bridge/hooks.ts";
import { notifyReady, printedToken } from "../../driver/bridge-host.ts";
import { loadModule } from "../../files/config.ts";
import { withoutKeys } from "../../schema/keys.ts";
import { knownModules } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import { openSetup, type SetupOptions } from "./setup.ts";

const GRACE_SECONDS = 600;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs a bridge until a signal comes; a second one does not wait for streams. */
export async function runBridge(options: SetupOptions, terminal: Terminal): Promise<void> {
  const { writeError } = terminal;
  const setup = await openSetup(options, terminal);
  const hooks =
    setup.hooks === undefined ? {} : ((await loadModule(setup.hooks, knownModules)) as Hooks);
  const bridge = await startBridge(setup, {
    hooks,
    runCommand: printedToken,
    sockets: passedSockets(process.env),
    onWarning: (message) => writeError(`forage-bridge: ${withoutKeys(message)}\n`),
  });
  const names = bridge.sandboxes();
  writeError(`forage-bridge: ready${names.length === 0 ? "" : ` for ${names.join(", ")}`}\n`);
  const ended = new Promise<void>((resolve) => {
    let isEnding = false;
    for (const name of SIGNALS)
      process.on(name, () => {
        writeError(
          `forage-bridge: ${name}: ${isEnding ? "ending at once" : "letting streams finish"}\n`,
        );
        void bridge.close(isEnding ? 0 : GRACE_SECONDS).then(resolve);
        isEnding = true;
      });
  });
  await notifyReady();
  await ended;
}
