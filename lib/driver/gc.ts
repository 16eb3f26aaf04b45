import { ForageError } from "../error.ts";
import { remove } from "./down.ts";
import type { Trace } from "./inspect.ts";
import { withLock } from "./locked.ts";
import type { Places } from "./places.ts";
import { type Context, doSteps, type Interruptible, together } from "./work.ts";

export interface Garbage {
  readonly name: string;
  /** Why it is nobody's: `forage up` was cut off, or no record is there. */
  readonly reason: string;
  /** What is there of it. */
  readonly paths: readonly string[];
}

export interface GcOptions extends Interruptible {
  /** Whether to look only @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Removes what belongs to no sandbox: what commands have left that were cut off, and copies of secrets whose container has
 * ended. A sandbox that somebody is working on, and what a host's module has made, are left alone.
 *
 * @returns what it has removed, or would remove
 */
export async function gc(
  context: Context,
  { dryRun = false, signal }: GcOptions = {},
): Promise<readonly Garbage[]> {
  const { host } = context;
  await host.checkTools();
  const found: Garbage[] = [];
  const failures: ForageError[] = [];
  for (const [name, traces] of await host.traces()) {
    try {
      const garbage = await collect(context, name, traces, { dryRun, signal });
      if (garbage !== undefined) found.push(garbage);
    } catch (error) {
      if (!(error instanceof ForageError) || error.code === "interrupted") throw error;
      // Somebody is working on it.
      if (error.code !== "sandbox") failures.push(error);
    }
  }
  if (failures.length > 0) throw together(failures);
  return found;
}

async function collect(
  context: Context,
  name: string,
  traces: readonly Trace[],
  { dryRun, signal }: GcOptions,
): Promise<Garbage | undefined> {
  const command = "forage gc";
  return withLock(context, name, { command, signal, timeLimitMs: 0 }, async (lock, places) => {
    const left = await secretsOfEnded(context, name, places);
    if (left.length > 0) {
      const step = {
        id: "secrets",
        title: "remove its secrets",
        action: { kind: "remove", paths: left },
      } as const;
      if (dryRun !== true) await doSteps(context, [step], { sandbox: name, task: "gc", lock });
      return { name, reason: "its container has ended", paths: left };
    }
    const reason = await whyGarbage(context, name, traces, places);
    if (reason === undefined) return undefined;
    // The lock is what this one has made itself.
    const paths = traces.map(({ path }) => path).filter((path) => path !== places.lock);
    if (paths.length === 0) return undefined;
    if (dryRun !== true) await remove(context, name, places, lock, "gc");
    return { name, reason, paths };
  });
}

/** The unit removes them when the container ends; this is for when it could not. */
async function secretsOfEnded({ host }: Context, name: string, places: Places): Promise<string[]> {
  if ((await host.records.read(name))?.state !== "up") return [];
  const isUp = await isActive(host, places.unit);
  return isUp || !(await host.isThere(places.secrets)) ? [] : [places.secrets];
}

async function whyGarbage(
  { host }: Context,
  name: string,
  traces: readonly Trace[],
  places: Places,
): Promise<string | undefined> {
  const record = await host.records.read(name);
  if (record?.state === "up") return undefined;
  if (record !== undefined) return `it was ${record.state} when that was cut off`;
  if (traces.some(({ isOurs }) => isOurs)) return "no record is there of it";
  // A host's module has secrets' directories as well, and a unit for each.
  const isOfHost =
    (await host.hasContainer(places)) || (await isActive(host, `forage-secrets-${name}.service`));
  return isOfHost ? undefined : "no container is there for it";
}

async function isActive(host: Context["host"], unit: string): Promise<boolean> {
  const state = (await host.unitStates([unit])).get(unit);
  return state?.active === "active" || state?.active === "activating";
}
