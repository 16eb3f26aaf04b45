import { type FileHandle, lstat, open, readdir, realpath } from "node:fs/promises";
import { show } from "../../schema/show.ts";
import { type Finding, findingOf } from "./finding.ts";
import { see } from "./inside.ts";
import type { Subject, Values } from "./verify.ts";

const CHUNK = 1024 * 1024;

/** That everybody who can read the Nix store can read no key there. */
export async function checkClosure({ places, values }: Subject): Promise<Finding> {
  const { holds, broken } = findingOf("closure", "no key is in the system's store paths");
  const system = await realpath(places.system).catch(() => undefined);
  if (system === undefined) return broken(`there is no ${places.system}`);
  const { status, output } = await see(["nix-store", "--query", "--requisites", system]);
  if (status !== 0) return broken("Nix does not say what the system needs");
  const paths = output.toString("utf8").trim().split("\n");
  let bytes = 0;
  const buffer = Buffer.alloc(CHUNK + values.longest);
  try {
    for (const path of paths)
      for await (const file of filesIn(path)) {
        const found = await search(file, values, buffer);
        bytes += found.bytes;
        if (found.secret !== undefined)
          return broken(`${file} holds the secret ${show(found.secret)}`);
      }
  } finally {
    buffer.fill(0);
  }
  return holds(`${paths.length} store paths, ${Math.round(bytes / 1e6)} MB`);
}

async function* filesIn(path: string): AsyncGenerator<string> {
  const found = await lstat(path);
  if (found.isFile()) yield path;
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) yield* filesIn(`${path}/${name}`);
}

/** Each chunk begins with the end of the one before, where a value may have begun. */
async function search(
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
