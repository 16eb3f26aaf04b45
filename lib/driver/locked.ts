import type { Lock } from "./lock.ts";
import type { Places } from "./places.ts";
import type { Context, Interruptible } from "./work.ts";

interface LockedOptions extends Interruptible {
  /** What others are told that wait, such as "forage up". */
  readonly command: string;
  /** Commands that it does not wait for @default [] */
  readonly refuses?: readonly string[];
  /** How long to wait for others @default the driver's limit for that */
  readonly timeLimitMs?: number;
}

/** Does something with a sandbox while no other command does anything with it. */
export async function withLock<T>(
  { host, limits, onEvent }: Context,
  name: string,
  { command, refuses = [], signal, timeLimitMs = limits.wait }: LockedOptions,
  work: (lock: Lock, places: Places) => Promise<T>,
): Promise<T> {
  const places = await host.placesOf(name);
  const lock = await host.lock(places.lock, {
    command,
    refuses,
    timeLimitMs,
    signal,
    onWaiting: (message) => onEvent({ kind: "waiting", sandbox: name, message }),
  });
  try {
    return await work(lock, places);
  } finally {
    await lock.release();
  }
}
