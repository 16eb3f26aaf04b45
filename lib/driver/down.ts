import { ForageError } from "../error.ts";
import type { Task } from "./events.ts";
import type { Lock } from "./lock.ts";
import { withLock } from "./locked.ts";
import { checkName, unknownSandbox } from "./names.ts";
import type { Places } from "./places.ts";
import { mayHaveContainer, planDown } from "./plan.ts";
import { type Context, type Interruptible, tryAllSteps } from "./work.ts";

export interface DownOptions extends Interruptible {
  /** Whether it is fine when there is no such sandbox @default false */
  readonly ignoreMissing?: boolean | undefined;
}

/**
 * Removes a sandbox: every step is tried, whatever became of those before it. Its workspace stays. Once it has begun, no
 * signal stops it.
 *
 * @returns whether there was one
 */
export async function down(
  context: Context,
  name: string,
  { ignoreMissing = false, signal }: DownOptions = {},
): Promise<boolean> {
  const { host } = context;
  checkName(name);
  await host.checkTools(["nixos-container"]);
  return withLock(context, name, { command: "forage down", signal }, async (lock, places) => {
    if (!(await isOurs(context, name))) {
      if (ignoreMissing) return false;
      throw await unknownSandbox(host, name);
    }
    await remove(context, name, places, lock, "down");
    return true;
  });
}

/** Whether a driver has made something by that name, and not all of it is gone. */
async function isOurs({ host }: Context, name: string): Promise<boolean> {
  if ((await host.records.read(name)) !== undefined) return true;
  const traces = (await host.traces()).get(name) ?? [];
  return traces.some((trace) => trace.isOurs);
}

/** Removes all that there may be of a sandbox. */
export async function remove(
  context: Context,
  name: string,
  places: Places,
  lock: Lock,
  task: Task,
): Promise<void> {
  const { host, limits } = context;
  const record = await host.records.read(name);
  const hasContainer = mayHaveContainer(record);
  const before = async ({ id }: { readonly id: string }) => {
    // The last step removes the record, so it is written before the others only; and one that tells of no container stays.
    if (record === undefined || record.state === "unreadable" || !hasContainer || id === "state")
      return;
    // A disk that is full is no reason to leave the rest.
    await host.records.write({ ...record, state: "stopping", step: id }).catch(unlessForeseen);
  };
  const steps = planDown(name, places, limits, record);
  await tryAllSteps(context, steps, { sandbox: name, task, lock, before });
}

function unlessForeseen(error: unknown): void {
  if (!(error instanceof ForageError)) throw error;
}
