import { ForageError } from "../error.ts";
import { problem } from "./problems.ts";
import { runProgram } from "./process.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";
import { hasEnded, type UnitState } from "./unit-state.ts";

/** For the end of a unit whose processes are killed. */
const KILLED_LIMIT_MS = 60_000;

/** Asks systemd about units, by their names. */
export async function unitStates(
  units: readonly string[],
): Promise<ReadonlyMap<string, UnitState>> {
  if (units.length === 0) return new Map();
  const properties = ["Id", "ActiveState", "Result", "ActiveEnterTimestamp"];
  const { stdout } = await runProgram(
    ["systemctl", "show", "--timestamp=unix", `--property=${properties.join(",")}`, "--", ...units],
    { timeLimitMs: ASK_LIMIT_MS },
  );
  const blocks = stdout
    .split("\n\n")
    .map((block) => new Map(block.split("\n").map((line) => splitOnce(line, "="))));
  return new Map(
    blocks.map((block) => [
      block.get("Id") ?? "",
      {
        active: block.get("ActiveState") ?? "",
        result: block.get("Result") ?? "",
        since: isoTime(block.get("ActiveEnterTimestamp")),
      },
    ]),
  );
}

async function unitState(unit: string): Promise<UnitState> {
  const states = await unitStates([unit]);
  return states.get(unit) ?? { active: "inactive", result: "success", since: undefined };
}

function splitOnce(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + 1)];
}

/** systemd writes `@SECONDS`, and nothing for never. */
function isoTime(timestamp = ""): string | undefined {
  const seconds = Number(timestamp.replace(/^@/, ""));
  return timestamp === "" || !(seconds > 0) ? undefined : new Date(seconds * 1000).toISOString();
}

interface StopOptions {
  readonly holding?: number | undefined;
  readonly onWarning?: ((message: string, hint: string) => void) | undefined;
}

/**
 * Stops a container's unit, by force when it takes too long. `systemctl stop` succeeds also after systemd has given up on
 * the container, which is why the unit is asked how it ended.
 */
export async function stopUnit(
  { unit, timeLimitMs }: { readonly unit: string; readonly timeLimitMs: number },
  { holding, onWarning }: StopOptions,
): Promise<void> {
  const stop = ["systemctl", "stop", unit];
  try {
    await runProgram(stop, { timeLimitMs, holding });
  } catch (error) {
    if (!(error instanceof ForageError && error.process?.timedOut === true)) throw error;
    const kill = ["systemctl", "kill", "--signal=KILL", unit];
    await runProgram(kill, { timeLimitMs: ASK_LIMIT_MS, holding, accepted: [0, 1] });
    // What is left to do is systemd's own, and has nothing to do with how patient the caller is.
    await runProgram(stop, { timeLimitMs: KILLED_LIMIT_MS, holding });
    onWarning?.(
      `the container did not stop within ${timeLimitMs / 1000} s, and was killed`,
      "look at what its last processes were in the journal",
    );
  }
  const { active, result } = await unitState(unit);
  if (!hasEnded({ active }))
    throw problem("sandbox", `${unit} is still ${active}`, `look at \`systemctl status ${unit}\``);
  if (result === "timeout")
    onWarning?.(
      "systemd gave up waiting for the container to stop, and killed it",
      "look at the journal of its unit",
    );
  // A unit that has failed stays in memory, and its name with it.
  await runProgram(["systemctl", "reset-failed", unit], {
    timeLimitMs: ASK_LIMIT_MS,
    holding,
    accepted: [0, 1],
  });
}
