import type { FileHandle } from "node:fs/promises";
import { LINE_BREAK } from "./line.ts";

const USUAL_BYTES = 1 << 16;
/** Far longer than any line of a log. */
const MOST_BYTES = 1 << 21;

/**
 * The whole lines of a file from a place on, each with its line break, many at a time. Returns where the last of them ends:
 * what may follow it has no line break yet. What is too long for a line comes in pieces.
 */
export async function* wholeLines(
  handle: FileHandle,
  start = 0,
): AsyncGenerator<Buffer[], number, undefined> {
  let position = start;
  let bytes = USUAL_BYTES;
  for (;;) {
    // A new one each time: whoever gets the lines may keep them.
    const buffer = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, position);
    const read = buffer.subarray(0, bytesRead);
    const lines = split(read);
    if (lines.length > 0) {
      yield lines;
      position += lines.reduce((sum, line) => sum + line.length, 0);
      bytes = USUAL_BYTES;
    } else if (bytesRead < bytes) return position;
    else if (bytes < MOST_BYTES) bytes *= 2;
    else {
      yield [read];
      position += bytesRead;
    }
  }
}

function split(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = text.indexOf(LINE_BREAK, start) + 1;
    if (end === 0) return lines;
    lines.push(text.subarray(start, end));
    start = end;
  }
}
