import { open, rename, rm } from "node:fs/promises";
import type { Permissions } from "./target.ts";
import { temporaryName } from "./temporary.ts";

/** Writes a file that was not there, until it is on the disk. */
export async function writeNew(
  file: string,
  content: Buffer | string,
  permissions?: Pick<Permissions, "mode"> & Partial<Permissions>,
): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(content);
    if (permissions !== undefined) {
      const { mode, uid, gid } = permissions;
      // Before the mode, of which it may clear bits. Who is not root may give nothing away.
      if (uid !== undefined && gid !== undefined)
        await handle.chown(uid, gid).catch(() => undefined);
      await handle.chmod(mode);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file so that there is the old one or the new one, and never a part. */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeNew(temporary, text, { mode });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
