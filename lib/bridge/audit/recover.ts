import type { FileHandle } from "node:fs/promises";
import { wholeLines } from "./chunks.ts";
import { readHead } from "./head.ts";
import { type Mark, readLine, START, sha256 } from "./line.ts";
import { asideFiles, currentFile, headFile } from "./names.ts";
import { openIfThere } from "./open.ts";

/** Where a log goes on that was closed, or whose writer was killed. */
export interface Recovered {
  readonly end: Mark;
  /** The current file's first line, if it has one. */
  readonly first: FirstLine | undefined;
}

interface FirstLine {
  readonly seq: number;
  readonly time: string;
}

interface Ends {
  readonly first: FirstLine | undefined;
  readonly last: Mark | undefined;
  /** Where the last whole line ends. */
  readonly wholeBytes: number;
}

/** Finds the end of a log, and cuts off a last line that is not whole: nobody was told that it is written. */
export async function recover(directory: string, name: string): Promise<Recovered> {
  const current = await endsOf(currentFile(directory, name), cutOffHalfLine);
  const last = current?.last ?? (await lastPutAside(directory, name));
  const head = await readHead(headFile(directory, name));
  // When the last lines are missing the next one has to show it: by its number, and by the hash of what was before it.
  const end = typeof head === "object" && head.seq >= (last?.seq ?? 0) ? head : (last ?? START);
  return { end, first: current?.first };
}

async function cutOffHalfLine(handle: FileHandle, { wholeBytes }: Ends): Promise<void> {
  if ((await handle.stat()).size > wholeBytes) await handle.truncate(wholeBytes);
}

async function lastPutAside(directory: string, name: string): Promise<Mark | undefined> {
  for (const { file } of (await asideFiles(directory, name)).reverse()) {
    const ends = await endsOf(file);
    if (ends?.last !== undefined) return ends.last;
  }
  return undefined;
}

async function endsOf(
  file: string,
  mend?: (handle: FileHandle, ends: Ends) => Promise<void>,
): Promise<Ends | undefined> {
  const handle = await openIfThere(file, mend === undefined ? "r" : "r+");
  if (handle === undefined) return undefined;
  try {
    const ends = await scan(handle);
    await mend?.(handle, ends);
    return ends;
  } finally {
    await handle.close();
  }
}

/** Lines that cannot be read are passed over: that they are damaged is for `verifyAudit` to say. */
async function scan(handle: FileHandle): Promise<Ends> {
  let first: FirstLine | undefined;
  let last: Mark | undefined;
  const chunks = wholeLines(handle);
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return { first, last, wholeBytes: value };
    first ??= firstEntry(value);
    const line = value.findLast((one) => readLine(one) !== undefined);
    const entry = line && readLine(line);
    if (line !== undefined && entry !== undefined) last = { seq: entry.seq, hash: sha256(line) };
  }
}

function firstEntry(lines: readonly Buffer[]): FirstLine | undefined {
  for (const line of lines) {
    const entry = readLine(line);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
