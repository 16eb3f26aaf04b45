import { execa } from "execa";
import { ForageError, type ProcessFailure } from "../error.ts";
import { withoutKeys } from "../schema/keys.ts";
import { quoteWord } from "../shell/quote.ts";
import { toolEnvironment } from "./environment.ts";
import { interrupted, stopIfAborted } from "./problems.ts";

/** How long a program that is told to end may take to do so. */
const GRACE_MS = 5000;
const SHOWN_LINES = 20;
/** Enough to find what failed first. */
const KEPT_LINES = 400;
/** What a timer takes; a longer one would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface RunOptions {
  readonly timeLimitMs: number;
  /** Ends the program, and all that it has started. */
  readonly signal?: AbortSignal | undefined;
  /** Gets each line of both outputs as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** A file that the program has open while it lives, so that a lock on that outlives us as long as the program does. */
  readonly holding?: number | undefined;
  /** Statuses that are no failure @default [0] */
  readonly accepted?: readonly number[];
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
}

/**
 * Runs a program in a process group of its own, where a terminal's signals do not reach it, and ends all of the group
 * when it takes too long or the signal says so.
 *
 * @throws ForageError `process` when it fails, `interrupted` when the signal ended it, `host` when there is no such program
 */
export async function runProgram(argv: readonly string[], options: RunOptions): Promise<Finished> {
  const { timeLimitMs, signal, onLine, holding, accepted = [0] } = options;
  const [file = "", ...args] = argv;
  stopIfAborted(signal, file);
  const child = execa(file, args, {
    env: toolEnvironment(),
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: true,
    // execa takes any open file; its types know of the first three only.
    stdio: ["ignore", "pipe", "pipe", ...(holding === undefined ? [] : [holding as 0])],
    all: true,
    maxBuffer: 64 * 1024 * 1024,
  });
  const group = endingGroup(child.pid);
  const timer = setTimeout(() => group.end("time"), Math.min(timeLimitMs, LONGEST_MS));
  const onAbort = () => group.end("signal");
  signal?.addEventListener("abort", onAbort, { once: true });
  const lines = onLine === undefined ? undefined : passLines(child, onLine);
  const result = await child;
  await lines;
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  group.clear();
  const { exitCode, signal: killedBy, code, stdout, stderr } = result;
  if (group.endedBy() === "signal") throw interrupted(file);
  if (code === "ENOENT" || code === "EACCES") throw missingProgram(file);
  if (exitCode !== undefined && accepted.includes(exitCode) && group.endedBy() === undefined)
    return { exitCode, stdout: text(stdout) };
  throw processError(
    {
      argv,
      exitCode,
      signal: killedBy,
      timedOut: group.endedBy() === "time",
      stderr: lastLines(text(stderr), KEPT_LINES),
    },
    timeLimitMs,
  );
}

async function passLines(
  child: { iterable: (options: { from: "all" }) => AsyncIterable<unknown> },
  onLine: (line: string) => void,
): Promise<void> {
  try {
    for await (const line of child.iterable({ from: "all" })) onLine(String(line));
  } catch {
    // How the program ended is told by its result.
  }
}

function endingGroup(pid: number | undefined) {
  let by: "time" | "signal" | undefined;
  let killer: NodeJS.Timeout | undefined;
  const send = (signal: NodeJS.Signals) => {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has ended already.
    }
  };
  return {
    end: (reason: "time" | "signal") => {
      if (by !== undefined) return;
      by = reason;
      send("SIGTERM");
      killer = setTimeout(() => send("SIGKILL"), GRACE_MS);
    },
    endedBy: () => by,
    clear: () => clearTimeout(killer),
  };
}

function text(output: unknown): string {
  return typeof output === "string" ? output : "";
}

/** The last lines of what a program wrote. */
export function lastLines(output: string, count: number = SHOWN_LINES): string {
  return withoutKeys(output.trim().split("\n").slice(-count).join("\n"));
}

function missingProgram(file: string): ForageError {
  return new ForageError("host", [
    {
      path: [],
      message: `there is no program ${file}`,
      hint: "install it, or add its directory to PATH",
    },
  ]);
}

function processError(failure: ProcessFailure, timeLimitMs: number): ForageError {
  const { argv, exitCode, signal, timedOut, stderr } = failure;
  const how = timedOut
    ? `took longer than ${timeLimitMs / 1000} s`
    : exitCode === undefined
      ? `was ended by ${signal ?? "a signal"}`
      : `failed with status ${exitCode}`;
  const message = `${shownCommand(argv)} ${how}${stderr === "" ? "" : `:\n${indent(lastLines(stderr))}`}`;
  return new ForageError(
    "process",
    [{ path: [], message, hint: "see to what it says, and run it again" }],
    {
      process: failure,
    },
  );
}

/** A command line as a shell would take it. */
function shownCommand(argv: readonly string[]): string {
  return withoutKeys(argv.map(quoteWord).join(" "));
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
