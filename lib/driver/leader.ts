import { setTimeout as sleep } from "node:timers/promises";
import { type RunOptions, runProgram } from "./process.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";

/** systemd-machined needs a moment. Where it needs longer, whoever starts the next container is told by systemd-nspawn. */
const FORGET_LIMIT_MS = 10_000;
const FORGET_PAUSE_MS = 50;

/** The number of a container's first process; nothing for one that does not run. */
export async function leaderOf(
  machine: string,
  options: Omit<RunOptions, "timeLimitMs" | "accepted"> = {},
): Promise<number | undefined> {
  const ask = ["machinectl", "show", "--property=Leader", "--value", machine];
  const { stdout } = await runProgram(ask, {
    ...options,
    timeLimitMs: ASK_LIMIT_MS,
    accepted: [0, 1],
  });
  const leader = Number(stdout);
  return leader > 1 ? leader : undefined;
}

/**
 * Waits until systemd-machined has forgotten a container that has ended. Until then it takes no other of that name, and
 * would not forget it any more once the unit starts again: "Machine 'web' already exists".
 */
export async function untilForgotten(
  machine: string,
  { holding }: Pick<RunOptions, "holding">,
): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < FORGET_LIMIT_MS) {
    if ((await leaderOf(machine, { holding })) === undefined) return;
    await sleep(FORGET_PAUSE_MS);
  }
}
