import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const GRACE_MS = 5000;
const POLL_MS = 20;
const O_CLOEXEC = 0o2000000;

/** When a process started, in the kernel's ticks since boot; nothing when there is no such process. */
export async function startTimeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The program's name stands in parentheses, and may hold any character itself.
  const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended; only its parent does not know yet.
  return state === "Z" ? "" : (fields[18] ?? "");
}

/** Whether a process is still the one that started then. */
export async function isSameProcess(pid: number, startTime: string): Promise<boolean> {
  return startTime !== "" && (await startTimeOf(pid)) === startTime;
}

/** Ends processes until none is found: first as they like it, after the grace by force. */
export async function endAll(
  find: () => Promise<readonly number[]>,
  graceMs: number,
): Promise<void> {
  const start = performance.now();
  for (;;) {
    const pids = await find();
    if (pids.length === 0) return;
    const signal = performance.now() - start < graceMs ? "SIGTERM" : "SIGKILL";
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
    await sleep(POLL_MS);
  }
}

/** The numbers of all processes. */
export async function allPids(): Promise<number[]> {
  return (await readdir("/proc")).map(Number).filter(Number.isInteger);
}

/** The processes that see each other as those of a container do. */
export async function pidsIn(namespace: string): Promise<number[]> {
  const found = (await allPids()).map(async (pid) =>
    (await namespaceOf(pid)) === namespace ? [pid] : [],
  );
  return (await Promise.all(found)).flat();
}

/** Which processes see each other; nothing for one that has ended. */
export async function namespaceOf(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);
}

/** Ends all processes that have a file open, as long as they are to go: what a driver that was killed has left running. */
export async function endHolders(path: string, areToGo: () => Promise<boolean>): Promise<void> {
  await endAll(async () => {
    const holders = await holdersOf(path);
    // Asked after the look, for by now they may be somebody else's.
    return holders.length > 0 && (await areToGo()) ? holders : [];
  }, GRACE_MS);
}

async function holdersOf(path: string): Promise<number[]> {
  const pids = (await allPids()).filter((pid) => pid !== process.pid);
  const holding = await Promise.all(pids.map((pid) => hasOpen(pid, path)));
  return pids.filter((_, index) => holding[index]);
}

/** Whether a process was given a file to hold: what merely looks at it opens it so that its programs do not have it. */
async function hasOpen(pid: number, path: string): Promise<boolean> {
  const directory = `/proc/${pid}`;
  const files = await readdir(`${directory}/fd`).catch(() => []);
  for (const file of files) {
    if ((await readlink(`${directory}/fd/${file}`).catch(() => "")) !== path) continue;
    const info = await readFile(`${directory}/fdinfo/${file}`, "utf8").catch(() => "");
    const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? "", 8);
    const program = await readFile(`${directory}/comm`, "utf8").catch(() => "");
    if ((flags & O_CLOEXEC) === 0 && program.trim() !== "flock") return true;
  }
  return false;
}
