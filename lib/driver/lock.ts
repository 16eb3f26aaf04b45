import { type FileHandle, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { problem, stopIfAborted } from "./problems.ts";
import { runProgram } from "./process.ts";
import { endHolders, isSameProcess, startTimeOf } from "./processes.ts";

const FLOCK_LIMIT_MS = 10_000;
const POLL_MS = 50;
const HELD = 75;

export interface Lock {
  /** The open file, for programs that are to hold the lock as long as they live. */
  readonly file: number;
  readonly release: () => Promise<void>;
}

/** Who has a lock, as its file tells. */
interface Holder {
  readonly pid: number;
  /** When the process started, by the kernel's clock: process ids are used again. */
  readonly startTime: string;
  /** Such as "forage up". */
  readonly command: string;
}

export interface LockOptions {
  /** What this one is, for others to be told. */
  readonly command: string;
  /** Commands for which it does not wait. */
  readonly refuses?: readonly string[];
  readonly timeLimitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onWaiting?: (message: string) => void;
}

/**
 * Takes the lock on a sandbox. The kernel gives it up when the last process ends that has the file open: this one, and any
 * program that was left running when this one was killed. Such programs are ended by whoever comes next.
 *
 * @throws ForageError `busy` when another command has it, and goes on having it; `host` when there is no room for it
 */
export async function takeLock(path: string, options: LockOptions): Promise<Lock> {
  const { command, refuses = [], timeLimitMs, signal, onWaiting } = options;
  const start = performance.now();
  let told = false;
  for (;;) {
    stopIfAborted(signal, command);
    const attempt = await tryLock(path, command);
    if (attempt.kind === "taken") return attempt.lock;
    if (attempt.kind === "gone") continue;
    const { holder } = attempt;
    if (holder !== undefined && !(await isAlive(holder))) {
      await endHolders(path, () => isLeft(path, holder));
      continue;
    }
    const who =
      holder === undefined ? "another command" : `${holder.command} (process ${holder.pid})`;
    if (holder !== undefined && refuses.includes(holder.command))
      throw problem(
        "busy",
        `${who} is at work on this sandbox`,
        "wait for it, or choose another name",
      );
    if (performance.now() - start > timeLimitMs)
      throw problem(
        "busy",
        `${who} has been at work on this sandbox for ${timeLimitMs / 1000} s`,
        "wait for it, or end it",
      );
    if (!told) onWaiting?.(`waiting for ${who}`);
    told = true;
    await sleep(POLL_MS);
  }
}

type Attempt =
  | { readonly kind: "taken"; readonly lock: Lock }
  /** Its last holder has removed the file since it was opened. */
  | { readonly kind: "gone" }
  | { readonly kind: "held"; readonly holder: Holder | undefined };

async function tryLock(path: string, command: string): Promise<Attempt> {
  let handle: FileHandle | undefined;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    handle = await open(path, "a+", 0o644);
    const taken = handle;
    if (!(await lockNow(taken))) return { kind: "held", holder: await readHolder(taken) };
    if (!(await isStillThere(taken, path))) return { kind: "gone" };
    await writeHolder(taken, command);
    handle = undefined;
    return { kind: "taken", lock: { file: taken.fd, release: () => release(taken, path) } };
  } catch (error) {
    if (error instanceof ForageError || errorCode(error) === undefined) throw error;
    throw problem("host", `${path} cannot be locked: ${reason(error)}`, wayOut(error), error);
  } finally {
    await handle?.close();
  }
}

/** flock(1) locks what we have open, and the lock stays when it has ended. */
async function lockNow(handle: FileHandle): Promise<boolean> {
  const argv = ["flock", "--exclusive", "--nonblock", "--conflict-exit-code", String(HELD), "3"];
  const accepted = [0, HELD];
  const { exitCode } = await runProgram(argv, {
    timeLimitMs: FLOCK_LIMIT_MS,
    holding: handle.fd,
    accepted,
  });
  return exitCode === 0;
}

async function isStillThere(handle: FileHandle, path: string): Promise<boolean> {
  try {
    return (await stat(path)).ino === (await handle.stat()).ino;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function writeHolder(handle: FileHandle, command: string): Promise<void> {
  const holder: Holder = { pid: process.pid, startTime: await startTimeOf(process.pid), command };
  await handle.truncate(0);
  await handle.write(JSON.stringify(holder));
}

/** Nothing while it is being written. */
async function readHolder(handle: FileHandle): Promise<Holder | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
  try {
    return JSON.parse(buffer.toString("utf8", 0, bytesRead)) as Holder;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, startTime }: Holder): Promise<boolean> {
  return isSameProcess(pid, startTime);
}

/** Whether a lock is still that of one who is gone: whoever takes it says so before it starts any program. */
async function isLeft(path: string, by: Holder): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text === JSON.stringify(by);
}

async function release(handle: FileHandle, path: string): Promise<void> {
  // First: who waits for the lock would otherwise get one on a file that is about to go.
  await unlink(path).catch(() => undefined);
  await handle.close();
}
