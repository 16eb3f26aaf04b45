import { fstatSync, ftruncateSync, renameSync, writeSync } from "node:fs";
import { errorCode } from "../../files/reason.ts";
import { asideFile, currentFile } from "./names.ts";
import { openForAppend } from "./open.ts";

/** The file that a log is written to, open from its first line on. */
export interface CurrentFile {
  readonly fd: number;
  readonly firstSeq: number;
  /** When its first call began. */
  readonly begun: number;
  bytes: number;
  /** What a failed write has left at its end. */
  torn: number;
}

export function openCurrent(
  directory: string,
  name: string,
  firstSeq: number,
  begun: number,
): CurrentFile {
  const fd = openForAppend(currentFile(directory, name));
  return { fd, firstSeq, begun, bytes: fstatSync(fd).size, torn: 0 };
}

/** Writes text at the file's end, or nothing of it. */
export function writeWhole(file: CurrentFile, text: string, bytes: number): void {
  mend(file);
  try {
    // To hand a line to another thread and back takes ten times the processor time of writing it, which waits for no disk.
    file.torn = writeSync(file.fd, text);
    while (file.torn < bytes) file.torn += writeSync(file.fd, Buffer.from(text), file.torn);
    file.torn = 0;
    file.bytes += bytes;
  } catch (error) {
    tryToMend(file);
    throw error;
  }
}

/** Cuts off what a failed write has left, even where somebody else has made the file shorter. */
function mend(file: CurrentFile): void {
  if (file.torn === 0) return;
  ftruncateSync(file.fd, Math.max(0, fstatSync(file.fd).size - file.torn));
  file.torn = 0;
}

function tryToMend(file: CurrentFile): void {
  try {
    mend(file);
  } catch {
    // Before the next write.
  }
}

/** Gives the current file the name that it keeps. */
export function putAside(directory: string, name: string, file: CurrentFile, now: Date): void {
  try {
    renameSync(currentFile(directory, name), asideFile(directory, name, now, file.firstSeq));
  } catch (error) {
    // Somebody has removed or renamed it: then it is out of the way, and the lines in it are missed by whoever verifies.
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
