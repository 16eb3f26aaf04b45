import { constants, fchmodSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ifThere } from "../../files/if-there.ts";
import { errorCode } from "../../files/reason.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

export const NEW_FILE_MODE = 0o640;

/** Opens a file to add to it. A new one gets its mode whatever the umask, and one that is there keeps its own. */
export function openForAppend(file: string): number {
  try {
    const fd = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, NEW_FILE_MODE);
    fchmodSync(fd, NEW_FILE_MODE);
    return fd;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
    return openSync(file, O_WRONLY | O_APPEND);
  }
}

/** Opens a file for reading, unless there is none. */
export function openIfThere(
  file: string,
  flags: "r" | "r+" = "r",
): Promise<FileHandle | undefined> {
  return ifThere(open(file, flags));
}
