import { ForageError } from "../error.ts";
import { remove } from "./down.ts";
import type { Host } from "./host.ts";
import type { Trace } from "./inspect.ts";
import type { Lock } from "./lock.ts";
import { withLock } from "./locked.ts";
import type { Places } from "./places.ts";
import type { Step } from "./steps.ts";
import type { UnitState } from "./unit.ts";
import { type Context, doSteps, type Interruptible, together } from "./work.ts";

const HAS_ENDED = "its container has ended";

export interface Garbage {
  readonly name: string;
  /** Why it is nobody's: a command was cut off, or no record is there. */
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
  for (const { name } of await findGarbage(host)) {
    try {
      const garbage = await collect(context, name, { dryRun, signal });
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

/** Looks once more, now that nobody else is at it, and removes what is found. */
async function collect(
  context: Context,
  name: string,
  { dryRun, signal }: GcOptions,
): Promise<Garbage | undefined> {
  const options = { command: "forage gc", signal, timeLimitMs: 0 };
  return withLock(context, name, options, async (lock, places) => {
    const [garbage] = await findGarbage(context.host, name);
    if (garbage === undefined || dryRun === true) return garbage;
    if (garbage.reason === HAS_ENDED) await removeSecrets(context, garbage, lock);
    else await remove(context, name, places, lock, "gc");
    return garbage;
  });
}

/** @param only the one sandbox that is asked about */
async function findGarbage(host: Host, only?: string): Promise<Garbage[]> {
  const traces = [...(await host.traces())]
    .filter(([name]) => only === undefined || name === only)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
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
): Promise<Garbage | undefined> {
  // A lock alone is somebody who is at work, or was: the next one to take it removes it.
  const traces = all.filter(({ path }) => path !== places.lock);
  if (traces.length === 0) return undefined;
  const paths = traces.map(({ path }) => path);
  const isUp = isActive(units.get(places.unit));
  const record = await host.records.read(name);
  if (record?.state === "up") {
    // The unit removes them when the container ends; this is for when it could not.
    const isLeft = !isUp && paths.includes(places.secrets);
    return isLeft ? { name, reason: HAS_ENDED, paths: [places.secrets] } : undefined;
  }
  if (record !== undefined)
    return { name, reason: `it was ${record.state} when that was cut off`, paths };
  if (traces.some(({ isOurs }) => isOurs)) return { name, reason: "it has no record", paths };
  // A host's module has secrets' directories as well, and a unit for each.
  const isOfHost = isActive(units.get(secretsUnitOf(name))) || (await host.hasContainer(places));
  return isOfHost ? undefined : { name, reason: "it has no container", paths };
}

function secretsUnitOf(name: string): string {
  return `forage-secrets-${name}.service`;
}

function isActive(state: UnitState | undefined): boolean {
  return state?.active === "active" || state?.active === "activating";
}

async function removeSecrets(
  context: Context,
  { name, paths }: Garbage,
  lock: Lock,
): Promise<void> {
  const action = { kind: "remove", paths } as const;
  const step: Step = { id: "secrets", title: "remove its secrets", action };
  await doSteps(context, [step], { sandbox: name, task: "gc", lock });
}
