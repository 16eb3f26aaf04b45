import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import { execa } from "execa";
import { toolEnvironment } from "./environment.ts";
import { insideArgv } from "./inside.ts";
import { RUN_UNIT_PREFIX } from "./places.ts";
import { problem } from "./problems.ts";
import { runProgram } from "./process.ts";
import type { SandboxRecord } from "./records.ts";

const ASK_LIMIT_MS = 30_000;
/** systemd-run's own status when what it ran died of a signal. */
const DIED = 255;

export interface ExecOptions {
  /** Sent on to the command as SIGTERM. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the command gets a terminal; only where ours has one @default false */
  readonly terminal?: boolean | undefined;
  /** What the command's standard streams are: this process's own, or text @default "inherit" */
  readonly streams?: "inherit" | "capture" | undefined;
  /** Text for standard input, where it is not this process's @default none */
  readonly input?: string | undefined;
  /** Where it runs @default the workspace, or the user's home directory */
  readonly directory?: string | undefined;
  /** Signals that this process gets meanwhile and sends on @default [] */
  readonly forwarded?: readonly NodeJS.Signals[] | undefined;
}

export interface ExecResult {
  /** The command's own; 128 and the signal's number when it died of one. */
  readonly status: number;
  /** What it wrote, where that was captured. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a sandbox as its agents' user. */
export async function execIn(
  record: SandboxRecord,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { signal, terminal = false, streams = "inherit", input, forwarded = [] } = options;
  if (argv.length === 0) throw problem("usage", "there is no command to run", "name one");
  signal?.throwIfAborted();
  const unit = `${RUN_UNIT_PREFIX}${randomUUID()}`;
  const { TERM } = process.env;
  const [file = "", ...args] = insideArgv(record, argv, {
    unit,
    streams: terminal ? "pty" : "pipe",
    directory:
      options.directory ??
      (record.workspace === undefined ? undefined : record.workspaceMountPoint),
    environment: terminal && TERM !== undefined ? { TERM } : {},
  });
  const child = execa(file, args, {
    env: { ...toolEnvironment(), ...(TERM === undefined ? {} : { TERM }) },
    extendEnv: false,
    reject: false,
    cleanup: false,
    // A terminal's own signals go to the command through its terminal, or are sent on below.
    detached: !terminal,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    stdin: input === undefined ? (streams === "inherit" ? "inherit" : "ignore") : "pipe",
    ...(input === undefined ? {} : { input }),
    stdout: streams === "inherit" ? "inherit" : "pipe",
    stderr: streams === "inherit" ? "inherit" : "pipe",
  });
  const send = (name: NodeJS.Signals) => void sendSignal(record.name, unit, name);
  const handlers = forwarded.map((name) => [name, () => send(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  const onAbort = () => send("SIGTERM");
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const { exitCode, stdout, stderr } = await child;
    const status = exitCode ?? DIED;
    return {
      status: status === 0 ? 0 : await ownStatus(record.name, unit, status),
      stdout: typeof stdout === "string" ? stdout : "",
      stderr: typeof stderr === "string" ? stderr : "",
    };
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
    signal?.removeEventListener("abort", onAbort);
  }
}

async function sendSignal(sandbox: string, unit: string, name: NodeJS.Signals): Promise<void> {
  const argv = ["systemctl", `--machine=${sandbox}`, "kill", `--signal=${name}`, unit];
  // It may have ended by itself.
  await runProgram(argv, { timeLimitMs: ASK_LIMIT_MS, accepted: [0, 1] }).catch(() => undefined);
}

/** What the unit says of how its program ended; it stays in the container's memory until that is done. */
async function ownStatus(sandbox: string, unit: string, status: number): Promise<number> {
  const systemctl = ["systemctl", `--machine=${sandbox}`];
  try {
    if (status !== DIED) return status;
    const show = [...systemctl, "show", "--property=ExecMainCode,ExecMainStatus", unit];
    const { stdout } = await runProgram(show, { timeLimitMs: ASK_LIMIT_MS });
    const code = /^ExecMainCode=(\d+)$/m.exec(stdout)?.[1];
    const number = Number(/^ExecMainStatus=(\d+)$/m.exec(stdout)?.[1]);
    return code === CLD_KILLED || code === CLD_DUMPED ? 128 + number : status;
  } catch {
    return status;
  } finally {
    const forget = [...systemctl, "reset-failed", unit];
    await runProgram(forget, { timeLimitMs: ASK_LIMIT_MS, accepted: [0, 1] }).catch(
      () => undefined,
    );
  }
}

const CLD_KILLED = "2";
const CLD_DUMPED = "3";

/** The status of a process that a signal ended, as shells have it. */
export function signalStatus(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
