import { lstat, open, readdir } from "node:fs/promises";
import type { Values } from "./verify.ts";

const CHUNK = 1024 * 1024;

/** Room for a chunk, and for the end of the one before. */
export function searchBuffer({ longest }: Values): Buffer {
  return Buffer.alloc(CHUNK + longest);
}

/** All regular files below a path. */
export async function* filesIn(path: string): AsyncGenerator<string> {
  const found = await lstat(path);
  if (found.isFile()) yield path;
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) yield* filesIn(`${path}/${name}`);
}

/** The same without some names, of a tree in which files come and go meanwhile. */
export async function* filesThere(
  path: string,
  without: readonly string[],
): AsyncGenerator<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile()) yield path;
  if (!found?.isDirectory()) return;
  for (const name of await readdir(path).catch(() => []))
    if (!without.includes(name)) yield* filesThere(`${path}/${name}`, without);
}

export interface Searched {
  readonly secret: string | undefined;
  readonly bytes: number;
}

/** Looks for the values in a file. */
export async function search(file: string, values: Values, buffer: Buffer): Promise<Searched> {
  const handle = await open(file);
  try {
    const fill = async (at: number, length: number) =>
      (await handle.read(buffer, at, length)).bytesRead;
    return await searchChunks(fill, values, buffer);
  } finally {
    await handle.close();
  }
}

/**
 * Looks for the values in what comes in chunks. Each begins with the end of the one before, where a value may have begun.
 *
 * @param fill puts the next bytes at a place of the buffer, and says how many there are
 */
export async function searchChunks(
  fill: (at: number, length: number) => Promise<number>,
  { findIn, longest }: Values,
  buffer: Buffer,
): Promise<Searched> {
  let bytes = 0;
  for (let kept = 0; ; ) {
    const read = await fill(kept, CHUNK);
    if (read === 0) return { secret: undefined, bytes };
    bytes += read;
    const filled = kept + read;
    const secret = findIn(buffer.subarray(0, filled));
    if (secret !== undefined) return { secret, bytes };
    kept = Math.min(longest, filled);
    buffer.copyWithin(0, filled - kept, filled);
  }
}
