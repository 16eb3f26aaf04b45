import { ForageError } from "../error.ts";
import { remove } from "./down.ts";
import type { Host } from "./host.ts";
import type { Trace } from "./inspect.ts";
import type { Lock } from "./lock.ts";
import { withLock } from "./locked.ts";
import type { Places } from "./places.ts";
import type { Step } from "./steps.ts";
import { hasEnded, type UnitState } from "./unit-state.ts";
import { type Context, doSteps, type Interruptible, together } from "./work.ts";

export interface Garbage {
  readonly name: string;
  /** Why it is nobody's: a command was cut off, or no record is there. */
  readonly reason: string;
  /** What is there of it. */
  readonly paths: readonly string[];
}

interface Found extends Garbage {
  /** Whether all of a sandbox is to go, and not these paths alone. */
  readonly isWhole: boolean;
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
  await host.checkTools(["nixos-container"]);
  const found: Garbage[] = [];
  const failures: ForageError[] = [];
  for (const name of await namesToLookAt(host)) {
    try {
      const garbage = await collect(context, name, { dryRun, signal });
      if (garbage !== undefined) found.push(garbage);
    } catch (error) {
      if (!(error instanceof ForageError) || error.code === "interrupted") throw error;
      // Somebody is working on it.
      if (error.code !== "busy") failures.push(error);
    }
  }
  if (failures.length > 0) throw together(failures);
  return found;
}

/** Those with garbage, and those with a lock: one that nobody holds goes when it has been taken, and is not worth a word. */
async function namesToLookAt(host: Host): Promise<readonly string[]> {
  const all = await host.traces();
  const garbage = await findGarbage(host, all);
  const names = garbage.map(({ name }) => name);
  for (const [name, traces] of all) {
    const { lock } = await host.placesOf(name);
    if (traces.some(({ path }) => path === lock)) names.push(name);
  }
  return [...new Set(names)].toSorted();
}

/** Looks once more, now that nobody else is at it, and removes what is found. */
async function collect(
  context: Context,
  name: string,
  { dryRun, signal }: GcOptions,
): Promise<Garbage | undefined> {
  const options = { command: "forage gc", signal, timeLimitMs: 0 };
  return withLock(context, name, options, async (lock, places) => {
    const traces = (await context.host.traces()).get(name) ?? [];
    const [garbage] = await findGarbage(context.host, new Map([[name, traces]]));
    if (garbage === undefined) return undefined;
    const { reason, paths } = garbage;
    if (dryRun === true) return { name, reason, paths };
    if (garbage.isWhole) await remove(context, name, places, lock, "gc");
    else await removePaths(context, garbage, lock);
    return { name, reason, paths };
  });
}

async function findGarbage(
  host: Host,
  all: ReadonlyMap<string, readonly Trace[]>,
): Promise<Found[]> {
  const traces = [...all].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const places = new Map<string, Places>();
  for (const [name] of traces) places.set(name, await host.placesOf(name));
  const units = await host.unitStates(
    traces.flatMap(([name]) => [places.get(name)?.unit ?? "", secretsUnitOf(name)]),
  );
  const found = traces.map(([name, all]) =>
    garbageOf(host, name, all, places.get(name) as Places, units),
  );
  return (await Promise.all(found)).filter((garbage) => garbage !== undefined);
}

async function garbageOf(
  host: Host,
  name: string,
  all: readonly Trace[],
  places: Places,
  units: ReadonlyMap<string, UnitState>,
): Promise<Found | undefined> {
  // A lock alone is somebody who is at work, or was.
  const traces = all.filter(({ path }) => path !== places.lock);
  if (traces.length === 0) return undefined;
  const paths = traces.map(({ path }) => path);
  const found = (reason: string, own: readonly string[] = paths, isWhole = false) => ({
    name,
    reason,
    paths: own,
    isWhole,
  });
  const record = await host.records.read(name);
  // What another version has made is not for this one to judge; `down` removes it.
  if (record?.state === "unreadable") return undefined;
  if (record?.state === "up") {
    // The unit removes them when the container ends; this is for when it could not.
    const isLeft = hasEnded(units.get(places.unit)) && paths.includes(places.secrets);
    if (isLeft) return found("its container has ended", [places.secrets]);
    const cutOff = await host.leftTemporaries(places.secrets);
    return cutOff.length === 0 ? undefined : found("rotate was cut off", cutOff);
  }
  if (record !== undefined)
    return found(`it was ${record.state} when that was cut off`, paths, true);
  if (traces.some(({ isOurs }) => isOurs)) return found("it has no record", paths, true);
  // A host's module has secrets' directories as well, and a unit for each.
  const isOfHost = !hasEnded(units.get(secretsUnitOf(name))) || !hasEnded(units.get(places.unit));
  return isOfHost ? undefined : found("it has no container");
}

function secretsUnitOf(name: string): string {
  return `forage-secrets-${name}.service`;
}

async function removePaths(context: Context, { name, paths }: Garbage, lock: Lock): Promise<void> {
  const action = { kind: "remove", paths } as const;
  const step: Step = { id: "remnants", title: "remove what is left of it", action };
  await doSteps(context, [step], { sandbox: name, task: "gc", lock });
}
