import { type RunOptions, runProgram } from "./process.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";

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
