import { closeSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ifThere } from "../../files/if-there.ts";
import { replaceFile } from "../../files/replace.ts";
import type { Mark } from "./line.ts";
import { NEW_FILE_MODE } from "./open.ts";

const DIGITS = String(Number.MAX_SAFE_INTEGER).length;
const SHAPE = /^\{"seq":( *\d+),"hash":"([0-9a-f]{64})","end":\1\}\n$/;
const MOST_TRIES = 5;

/** A head that is written in place. */
export interface Head {
  readonly write: (mark: Mark) => void;
  readonly close: () => void;
}

export async function openHead(file: string, mark: Mark): Promise<Head> {
  // Never empty, however soon it ends.
  if (typeof (await readHead(file)) === "string")
    await replaceFile(file, headText(mark), NEW_FILE_MODE);
  const fd = openSync(file, "r+");
  const write = (other: Mark) => void writeSync(fd, headText(other), 0);
  write(mark);
  return { write, close: () => closeSync(fd) };
}

/** Always of one length: nothing of an older one is left over, and it needs no more room on a disk that is full. */
function headText({ seq, hash }: Mark): string {
  const digits = String(seq).padStart(DIGITS);
  return `{"seq":${digits},"hash":"${hash}","end":${digits}}\n`;
}

/** How far a head says that its log goes; `unreadable` where it says nothing that can be read. */
export async function readHead(file: string): Promise<Mark | "missing" | "unreadable"> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const text = await ifThere(readFile(file, "utf8"));
    if (text === undefined) return "missing";
    // Unless it was read in the middle of being written: then it has two numbers.
    const [, seq, hash] = SHAPE.exec(text) ?? [];
    if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  }
  return "unreadable";
}
