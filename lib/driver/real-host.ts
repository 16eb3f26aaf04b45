import { leftTemporaries } from "../files/temporary.ts";
import { execIn } from "./exec.ts";
import type { Host } from "./host.ts";
import { findConfRoot, findTraces, isThere, lastLog } from "./inspect.ts";
import { takeLock } from "./lock.ts";
import { perform } from "./perform.ts";
import { placesOf } from "./places.ts";
import { checkBlueprint, checkSources, checkTools, workspacePath } from "./preflight.ts";
import { recordsOnDisk } from "./records.ts";
import { unitStates } from "./unit.ts";
import { hasEnded } from "./unit-state.ts";

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
    checkSources,
    checkBlueprint,
    // NixOS keeps the root and the profiles of a container that is in its configuration no longer.
    hasContainer: async ({ conf, root, profiles, unit }) => {
      for (const path of [conf, root, profiles]) if (await isThere(path)) return true;
      return !hasEnded((await unitStates([unit])).get(unit));
    },
    exec: execIn,
    leftTemporaries,
    lastLog,
    traces: async () => {
      confRoot ??= findConfRoot();
      return findTraces(await confRoot);
    },
  };
}
