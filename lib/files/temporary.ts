import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "./reason.ts";

const TEMPORARY = /^\.forage-([1-9]\d{0,9})-[0-9a-f-]{36}\.tmp$/;

/** A name beside a file for the text that is to replace it. It tells whose it is. */
export function temporaryName(target: string): string {
  return join(dirname(target), `.forage-${process.pid}-${randomUUID()}.tmp`);
}

/** Removes what a process that was killed in the middle has left in a directory. */
export async function sweep(directory: string): Promise<void> {
  for (const file of await leftTemporaries(directory))
    await rm(file, { force: true }).catch(() => undefined);
}

/** What such processes have left there. */
export async function leftTemporaries(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => {
      const [, pid] = TEMPORARY.exec(name) ?? [];
      return pid !== undefined && !isRunning(Number(pid));
    })
    .map((name) => join(directory, name));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
