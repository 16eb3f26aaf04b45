import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import { show } from "../schema/show.ts";
import { toolEnvironment } from "./environment.ts";
import { insideArgv, newRunUnit } from "./inside.ts";
import { placesOf } from "./places.ts";
import { problem, stopIfAborted } from "./problems.ts";
import type { SandboxRecord } from "./records.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";

// Without execa and all else that takes long to load: this is what people wait for most often.

/** systemd-run's own status when what it ran died of a signal. */
const DIED = 255;
/** What `systemctl is-active` exits with for a unit that is not, and for one that it does not know. */
const NOT_ACTIVE = 3;
const NO_UNIT = 4;
const KILL_ATTEMPTS = 10;
const KILL_PAUSE_MS = 100;
const CLD_KILLED = "2";
const CLD_DUMPED = "3";

const FIRST_WITH_PTY = 257;
const OF_TERMINALS: readonly NodeJS.Signals[] = ["SIGWINCH"];

export interface ExecOptions {
  /** Sent on to the command as SIGTERM. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the command gets a terminal; only where this process has one @default false */
  readonly terminal?: boolean | undefined;
  /** Whether the command has this process's standard output and error, or they are kept @default "inherit" */
  readonly output?: "inherit" | "capture" | undefined;
  /** Text for its standard input @default this process's, or none where output is kept */
  readonly input?: string | undefined;
  /** Where it runs @default the workspace, or the user's home directory */
  readonly directory?: string | undefined;
  /** Signals that this process gets meanwhile and sends on @default [] */
  readonly forwarded?: readonly NodeJS.Signals[] | undefined;
}

export interface ExecResult {
  /** The command's own; 128 and the signal's number when it died of one. */
  readonly status: number;
  /** What it wrote, where that was kept. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a sandbox as its agents' user. */
export async function execIn(
  record: SandboxRecord,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  if (argv.length === 0) throw problem("usage", "there is no command to run", "name one");
  const { signal, terminal = false } = options;
  if (process.getuid?.() !== 0)
    throw problem("host", "only root can run commands in a sandbox", "run it with sudo");
  const unit = newRunUnit();
  const hasPty = terminal && (await canGivePty());
  stopIfAborted(signal, "exec");
  const child = start(record, argv, unit, hasPty, options);
  const forwarded = [...(options.forwarded ?? []), ...(terminal && !hasPty ? OF_TERMINALS : [])];
  const send = (name: NodeJS.Signals) => void sendSignal(record.name, unit, name);
  const handlers = forwarded.map((name) => [name, () => send(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  const onAbort = () => send("SIGTERM");
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const isKept = options.output === "capture";
    const [stdout, stderr, status] = await Promise.all([
      textOf(isKept ? child.stdout : null),
      textOf(isKept ? child.stderr : null),
      statusOf(child),
    ]);
    if (status === 0) return { status, stdout, stderr };
    await checkRuns(record.name);
    return { status: await ownStatus(record.name, unit, status), stdout, stderr };
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
    if (child.stdin !== null) process.stdin.unpipe(child.stdin).pause();
    signal?.removeEventListener("abort", onAbort);
  }
}

function start(
  record: SandboxRecord,
  argv: readonly string[],
  unit: string,
  hasPty: boolean,
  { terminal = false, output = "inherit", input, directory }: ExecOptions,
): ChildProcess {
  const { TERM } = process.env;
  const workspace = record.workspace === undefined ? undefined : record.workspaceMountPoint;
  const [file = "", ...args] = insideArgv(record, argv, {
    unit,
    streams: hasPty ? "pty" : "pipe",
    directory: directory ?? workspace,
    environment: terminal && TERM !== undefined ? { TERM } : {},
  });
  const [stdin, stdout, stderr] = [0, 1, 2].map((stream) => {
    if (output === "capture") return stream === 0 ? "ignore" : "pipe";
    // What it is given would be a terminal for it, too.
    return !terminal && isatty(stream) ? "pipe" : "inherit";
  });
  const child = spawn(file, args, {
    env: { ...toolEnvironment(), ...(TERM === undefined ? {} : { TERM }) },
    // A terminal's signals reach the command through its own terminal, or are sent on.
    detached: !hasPty,
    stdio: [input === undefined ? stdin : "pipe", stdout, stderr] as StdioOptions,
  });
  // A command need not read what it is given.
  child.stdin?.on("error", () => {});
  if (input !== undefined) child.stdin?.end(input);
  else if (child.stdin !== null) process.stdin.pipe(child.stdin);
  if (output === "inherit") {
    child.stdout?.pipe(process.stdout, { end: false });
    child.stderr?.pipe(process.stderr, { end: false });
  }
  return child;
}

/**
 * Older ones open the host's terminal that happens to have the number of the container's, and so fail, or give the command
 * a terminal of somebody else (systemd's pull request 33216). With them the command has ours itself, and no job control.
 */
async function canGivePty(): Promise<boolean> {
  const version = await ask(["systemd-run", "--version"]);
  return Number(/^systemd (\d+)/.exec(version)?.[1]) >= FIRST_WITH_PTY;
}

async function statusOf(child: ChildProcess): Promise<number> {
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return code ?? DIED;
  } catch (error) {
    throw problem(
      "host",
      "systemd-run cannot be run",
      "it is part of systemd, which has to run the host",
      error,
    );
  }
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? "" : (await buffer(stream)).toString("utf8");
}

/** Also to a command that systemd has yet to start; one that has ended by itself needs none. */
async function sendSignal(sandbox: string, unit: string, name: NodeJS.Signals): Promise<void> {
  const { runProgram } = await import("./process.ts");
  const argv = ["systemctl", `--machine=${sandbox}`, "kill", `--signal=${name}`, unit];
  for (let attempt = 0; attempt < KILL_ATTEMPTS; attempt++) {
    const sent = runProgram(argv, { timeLimitMs: ASK_LIMIT_MS });
    const isSent = await sent.then(
      () => true,
      () => false,
    );
    if (isSent) return;
    await sleep(KILL_PAUSE_MS);
  }
}

/** A sandbox that has ended is not the command's failure. */
async function checkRuns(name: string): Promise<void> {
  const state = await ask(["systemctl", "is-active", placesOf(name).unit]);
  if (state === "active" || state === "reloading") return;
  throw problem(
    "sandbox",
    `the sandbox ${show(name)} does not run: its container is ${state || "unknown"}`,
    `start it anew: forage reset ${name}`,
  );
}

/** What the unit says of how its program ended; it stays in the container's memory until that is done. */
async function ownStatus(sandbox: string, unit: string, status: number): Promise<number> {
  const systemctl = ["systemctl", `--machine=${sandbox}`];
  try {
    if (status !== DIED) return status;
    const shown = await ask([...systemctl, "show", "--property=ExecMainCode,ExecMainStatus", unit]);
    const code = /^ExecMainCode=(\d+)$/m.exec(shown)?.[1];
    const number = Number(/^ExecMainStatus=(\d+)$/m.exec(shown)?.[1]);
    return code === CLD_KILLED || code === CLD_DUMPED ? 128 + number : status;
  } catch {
    return status;
  } finally {
    await ask([...systemctl, "reset-failed", unit]).catch(() => "");
  }
}

async function ask(argv: readonly string[]): Promise<string> {
  const { runProgram } = await import("./process.ts");
  const accepted = [0, 1, NOT_ACTIVE, NO_UNIT];
  return (await runProgram(argv, { timeLimitMs: ASK_LIMIT_MS, accepted })).stdout;
}

/** The status of a process that a signal ended, as shells have it. */
export function signalStatus(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
