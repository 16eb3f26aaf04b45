import { passedSockets } from "../../bridge/activation.ts";
import { type Bridge, startBridge } from "../../bridge/bridge.ts";
import type { Hooks } from "../../bridge/hooks.ts";
import { notifyReady, printedToken } from "../../driver/bridge-host.ts";
import { type WorkerPlace, workerPlace } from "../../driver/bridge-worker.ts";
import { startWorkers } from "../../driver/bridge-workers.ts";
import { loadModule } from "../../files/config.ts";
import type { BridgeSetup } from "../../schema/bridge-setup.ts";
import { withoutKeys } from "../../schema/keys.ts";
import { loadKnownModules } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import { openSetup, type SetupOptions } from "./setup.ts";

const GRACE_SECONDS = 600;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs a bridge until a signal comes; a second one does not wait for streams. */
export async function runBridge(options: SetupOptions, terminal: Terminal): Promise<void> {
  const { writeError } = terminal;
  const onWarning = (message: string) => writeError(`forage-bridge: ${withoutKeys(message)}\n`);
  const setup = await openSetup(options, terminal);
  const place = workerPlace();
  if (place !== undefined) {
    await place.serve(await bridgeOf(setup, onWarning, place));
    return;
  }
  const sockets = passedSockets(process.env);
  const isShared = setup.workers > 1;
  const running = isShared
    ? await startWorkers(setup, { sockets, onWarning })
    : await bridgeOf(setup, onWarning, { sockets });
  writeError(`forage-bridge: ready${isShared ? ` with ${setup.workers} workers` : ""}\n`);
  const ended = untilSignal(running, writeError);
  await notifyReady();
  await ended;
}

async function bridgeOf(
  setup: BridgeSetup,
  onWarning: (message: string) => void,
  place: Pick<WorkerPlace, "sockets"> & Partial<WorkerPlace>,
): Promise<Bridge> {
  const { hooks } = setup;
  return startBridge(setup, {
    hooks: hooks === undefined ? {} : ((await loadModule(hooks, loadKnownModules)) as Hooks),
    runCommand: printedToken,
    onWarning,
    ...place,
  });
}

function untilSignal(
  running: { readonly close: (graceSeconds: number) => Promise<void> },
  writeError: (text: string) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    for (const name of SIGNALS)
      process.on(name, () => {
        const how = isEnding ? "ending at once" : "letting streams finish";
        writeError(`forage-bridge: ${name}: ${how}\n`);
        void running.close(isEnding ? 0 : GRACE_SECONDS).then(resolve);
        isEnding = true;
      });
  });
}
