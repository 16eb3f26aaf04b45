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
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    const [, pid] = TEMPORARY.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
