import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import type { Values } from "./verify.ts";

const CHUNK = 1024 * 1024;

/** Room for a chunk of a file, and for the end of the one before. */
export function searchBuffer({ longest }: Values): Buffer {
  return Buffer.alloc(CHUNK + longest);
}

/** All regular files below a path, on its own file system or another one. */
export async function* filesIn(
  path: string,
  without: readonly string[] = [],
): AsyncGenerator<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile()) yield path;
  if (!found?.isDirectory()) return;
  for (const name of await readdir(path).catch(() => []))
    if (!without.includes(name)) yield* filesIn(`${path}/${name}`);
}

/** Each chunk begins with the end of the one before, where a value may have begun. */
export async function search(
  file: string,
  { findIn, longest }: Values,
  buffer: Buffer,
): Promise<{ readonly secret: string | undefined; readonly bytes: number }> {
  let handle: FileHandle | undefined;
  let bytes = 0;
  try {
    handle = await open(file);
    for (let kept = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, kept, CHUNK);
      if (bytesRead === 0) return { secret: undefined, bytes };
      bytes += bytesRead;
      const filled = kept + bytesRead;
      const secret = findIn(buffer.subarray(0, filled));
      if (secret !== undefined) return { secret, bytes };
      kept = Math.min(longest, filled);
      buffer.copyWithin(0, filled - kept, filled);
    }
  } finally {
    await handle?.close();
  }
}
