import { withLock } from "./locked.ts";
import { make } from "./make.ts";
import { checkRuns, recordOf } from "./names.ts";
import { planReset, planRotate } from "./plan.ts";
import type { SandboxRecord } from "./records.ts";
import { type Context, doSteps, type Interruptible } from "./work.ts";

/** Makes a sandbox's container and secrets anew, from the system that it has. Its workspace stays. */
export async function reset(
  context: Context,
  name: string,
  { signal }: Interruptible = {},
): Promise<SandboxRecord> {
  const { host, limits } = context;
  await recordOf(host, name);
  await host.checkTools(["nixos-container"]);
  return withLock(context, name, { command: "forage reset", signal }, async (lock, places) => {
    const record = await recordOf(host, name);
    await host.checkSources(record);
    const steps = planReset(record, places, limits);
    return make(context, record, places, steps, { lock, task: "reset", signal });
  });
}

/** Brings the present values of a sandbox's secrets into it; agents that are started then have the new ones. */
export async function rotate(
  context: Context,
  name: string,
  { signal }: Interruptible = {},
): Promise<SandboxRecord> {
  const { host } = context;
  await recordOf(host, name);
  await host.checkTools([]);
  return withLock(context, name, { command: "forage rotate", signal }, async (lock, places) => {
    const record = await recordOf(host, name);
    await checkRuns(host, record);
    // All of them, so that none is new where another one cannot be.
    await host.checkSources(record);
    await doSteps(context, planRotate(record, places), {
      sandbox: name,
      task: "rotate",
      lock,
      signal,
    });
    return record;
  });
}
