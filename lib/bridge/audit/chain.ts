import { type FileHandle, stat } from "node:fs/promises";
import { ifThere } from "../../files/if-there.ts";
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
  const current = await openIfThere(currentFile(directory, name));
  const asides = await asideFiles(directory, name);
  if (current === undefined) return { asides, current };
  if ((await inodeOf(currentFile(directory, name))) === (await current.stat()).ino)
    return { asides, current };
  return { asides: await olderThan(current, asides), current };
}

/** Those before a file that has been put aside since it was opened, maybe before the others were looked for. */
async function olderThan(current: FileHandle, asides: readonly Aside[]): Promise<readonly Aside[]> {
  const { ino } = await current.stat();
  for (const [index, { file }] of asides.entries())
    if ((await inodeOf(file)) === ino) return asides.slice(0, index);
  // When it has been removed, those before it have been, too.
  return (await current.stat()).nlink === 0 ? [] : asides;
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
  return (await ifThere(stat(file)))?.ino;
}
