import { rm } from "node:fs/promises";
import { asideFiles } from "./names.ts";
import type { AuditOptions } from "./writer.ts";

/** Removes the oldest files of those that were put aside, where there are too many. */
export async function removeOldest({
  directory,
  name,
  maxFiles,
}: Pick<AuditOptions, "directory" | "name" | "maxFiles">): Promise<void> {
  const files = await asideFiles(directory, name);
  // The oldest first: were this cut off, a gap would look like lines that somebody has removed.
  for (const { file } of files.slice(0, Math.max(0, files.length - maxFiles)))
    await rm(file, { force: true });
}
