import { chmod, mkdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { registerSandbox, unregisterSandbox } from "../bridge/client.ts";
import { ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { replaceFile } from "../files/replace.ts";
import { sweep as sweepTemporaries } from "../files/temporary.ts";
import { endEntrants } from "./entrants.ts";
import { indirectRootsOf, isThere, snapshotsOf } from "./inspect.ts";
import { leaderOf, untilForgotten } from "./leader.ts";
import { problem } from "./problems.ts";
import { runProgram } from "./process.ts";
import { copySecret } from "./secret-copy.ts";
import type { Action, Step } from "./steps.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";
import { stopUnit } from "./unit.ts";

const NOT_EMPTY: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTEMPTY", "EEXIST"]);
const SWEEP_LIMIT_MS = 300_000;

type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;

export interface PerformOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly onWarning?: ((message: string, hint: string) => void) | undefined;
  /** The open file of the sandbox's lock. */
  readonly holding?: number | undefined;
}

/**
 * Makes one change to the host.
 *
 * @throws ForageError `host`, `secret`, `process` or `interrupted`
 */
export async function perform({ title, action }: Step, options: PerformOptions): Promise<void> {
  try {
    await act(action, options);
  } catch (error) {
    if (error instanceof ForageError || errorCode(error) === undefined) throw error;
    throw problem(
      "host",
      `to ${title}: ${reason(error)} (${pathsOf(action)})`,
      wayOut(error),
      error,
    );
  }
}

async function act(action: Action, options: PerformOptions): Promise<void> {
  switch (action.kind) {
    case "directory":
      if (action.isFresh) await rm(action.path, { recursive: true, force: true });
      await mkdir(action.path, { recursive: true, mode: action.mode });
      // mkdir leaves alone what is there, and the umask takes from what is not.
      await chmod(action.path, action.mode);
      return;
    case "write":
      await mkdir(dirname(action.path), { recursive: true, mode: 0o755 });
      return replaceFile(action.path, action.text, action.mode);
    case "drop-in":
      return addDropIn(action, options);
    case "append":
      return replaceFile(
        action.path,
        `${await readFile(action.path, "utf8")}${action.text}`,
        (await stat(action.path)).mode & 0o777,
      );
    case "copy-secret":
      return copySecret(action);
    case "remove":
      for (const path of action.paths) await rm(path, { recursive: true, force: true });
      if (action.emptied !== undefined) await removeEmpty(action.emptied);
      return;
    case "end-runs":
      return endRuns(action, options);
    case "stop":
      await stopUnit(action, options);
      return untilForgotten(action.machine, options);
    case "sweep":
      return sweep(action, options);
    case "register":
      return registerSandbox(action.sandbox, action.grant);
    case "unregister":
      return unregisterSandbox(action.sandbox);
    case "release":
      for (const path of [...(await indirectRootsOf(action.path)), action.path])
        await rm(path, { force: true });
      return;
    case "run":
      return run(action, options);
  }
}

async function run(
  { argv, timeLimitMs, mayFail }: Of<"run">,
  options: PerformOptions,
): Promise<void> {
  try {
    await runProgram(argv, { ...options, timeLimitMs });
  } catch (error) {
    const isForeseen = error instanceof ForageError && error.code !== "interrupted";
    if (!(mayFail && isForeseen)) throw error;
  }
}

function mayFail(argv: readonly string[]): Of<"run"> {
  return { kind: "run", argv, timeLimitMs: ASK_LIMIT_MS, mayFail: true };
}

async function removeEmpty(directory: string): Promise<void> {
  await sweepTemporaries(directory);
  await rmdir(directory).catch((error: unknown) => {
    if (!NOT_EMPTY.has(errorCode(error))) throw error;
  });
}

async function endRuns(
  { machine, argv, timeLimitMs }: Of<"end-runs">,
  options: PerformOptions,
): Promise<void> {
  await run({ kind: "run", argv, timeLimitMs, mayFail: true }, options);
  const leader = await leaderOf(machine, options);
  if (leader !== undefined) await endEntrants(leader);
}

/** systemd reads the files of a unit that it does not know yet when it is first asked about it. */
async function addDropIn(
  { unit, path, text, mode }: Of<"drop-in">,
  options: PerformOptions,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await replaceFile(path, text, mode);
  const ask = ["systemctl", "show", "--property=DropInPaths", "--value", unit];
  const { stdout } = await runProgram(ask, { ...options, timeLimitMs: ASK_LIMIT_MS });
  if (stdout.split(" ").includes(path)) return;
  await runProgram(["systemctl", "daemon-reload"], { ...options, timeLimitMs: ASK_LIMIT_MS });
}

async function sweep({ sandbox, paths }: Of<"sweep">, { holding }: PerformOptions): Promise<void> {
  const [root = ""] = paths;
  const all = [...paths, ...(await snapshotsOf(sandbox, dirname(root)))];
  const found = (
    await Promise.all(all.map(async (path) => ((await isThere(path)) ? [path] : [])))
  ).flat();
  // What was being written when a command was killed.
  for (const path of paths) await sweepTemporaries(dirname(path));
  if (found.length === 0) return;
  // NixOS makes this one immutable, and rm fails on it.
  for (const empty of found.map((path) => `${path}/var/empty`))
    if (await isThere(empty)) await run(mayFail(["chattr", "-i", empty]), { holding });
  const argv = ["rm", "-rf", "--one-file-system", "--", ...found];
  await runProgram(argv, { timeLimitMs: SWEEP_LIMIT_MS, holding });
}

function pathsOf(action: Action): string {
  switch (action.kind) {
    case "copy-secret":
      return action.to;
    case "remove":
    case "sweep":
      return action.paths.join(", ");
    case "run":
      return action.argv.join(" ");
    case "stop":
      return action.unit;
    case "end-runs":
      return action.machine;
    case "register":
    case "unregister":
      return action.sandbox;
    default:
      return action.path;
  }
}
