import { type FileHandle, stat } from "node:fs/promises";
import { errorCode } from "../../files/reason.ts";
import { type Aside, asideFiles, currentFile } from "./names.ts";
import { openIfThere } from "./open.ts";

/** The files of a log as they were at one moment, although it may be written all the time. */
export interface Chain {
  readonly asides: readonly Aside[];
  /** Stays the same file when it is put aside. */
  readonly current: FileHandle | undefined;
}

export interface ChainFile {
  readonly file: string;
  readonly handle: FileHandle;
  /** Whether there was one before it that has been removed meanwhile, because it was old. */
  readonly followsRemoved: boolean;
}

export async function openChain(directory: string, name: string): Promise<Chain> {
  const file = currentFile(directory, name);
  for (;;) {
    const current = await openIfThere(file);
    const asides = await asideFiles(directory, name);
    const inode = current && (await current.stat()).ino;
    // Else it was put aside while the others were looked for, and may be among them.
    if ((await inodeOf(file)) === inode) return { asides, current };
    await current?.close();
  }
}

/** Each file of a chain, open for reading, in order. Closes the chain. */
export async function* filesOf(
  directory: string,
  name: string,
  { asides, current }: Chain,
): AsyncGenerator<ChainFile, void, undefined> {
  try {
    let followsRemoved = false;
    for (const { file } of asides) {
      const handle = await openIfThere(file);
      try {
        if (handle !== undefined) yield { file, handle, followsRemoved };
      } finally {
        await handle?.close();
      }
      followsRemoved = handle === undefined;
    }
    if (current !== undefined)
      yield { file: currentFile(directory, name), handle: current, followsRemoved };
  } finally {
    await current?.close();
  }
}

async function inodeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).ino;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
