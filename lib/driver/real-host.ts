import { execIn } from "./exec.ts";
import type { Host } from "./host.ts";
import { findConfRoot, findTraces, isThere, lastLog } from "./inspect.ts";
import { takeLock } from "./lock.ts";
import { perform } from "./perform.ts";
import { placesOf } from "./places.ts";
import { checkBlueprint, checkSecrets, checkTools, workspacePath } from "./preflight.ts";
import { recordsOnDisk } from "./records.ts";
import { unitStates } from "./unit.ts";

/** This machine. */
export function realHost(): Host {
  let confRoot: Promise<string> | undefined;
  const places = async (name: string) => {
    confRoot ??= findConfRoot();
    return placesOf(name, await confRoot);
  };
  return {
    records: recordsOnDisk,
    perform,
    lock: takeLock,
    unitStates,
    placesOf: places,
    checkTools,
    workspace: workspacePath,
    checkSecrets,
    checkBlueprint,
    isThere,
    hasContainer: async ({ conf, unit }) => {
      if (await isThere(conf)) return true;
      const state = (await unitStates([unit])).get(unit);
      return state?.active === "active" || state?.active === "activating";
    },
    exec: execIn,
    lastLog,
    traces: async () => {
      confRoot ??= findConfRoot();
      return findTraces(await confRoot);
    },
  };
}
