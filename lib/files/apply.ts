import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { ForageError } from "../error.ts";
import { fileError, named } from "./problem.ts";
import { errorCode, reason, wayOut } from "./reason.ts";
import { writeNew } from "./replace.ts";
import type { Permissions } from "./target.ts";
import { sweep, temporaryName } from "./temporary.ts";

/** A file to be written. */
export interface Placement {
  readonly path: string;
  /** Where that is, behind all links. */
  readonly target: string;
  readonly bytes: Buffer;
  /** Directories to be made before, outermost first. */
  readonly directories: readonly string[];
  /** Those of the file that it replaces. */
  readonly permissions?: Permissions;
}

/** A file to be removed, and with it the directories that it leaves empty, up to the root. */
export interface Removal {
  readonly path: string;
  readonly target: string;
}

export interface Changes {
  readonly root: string;
  readonly placements: readonly Placement[];
  readonly removals: readonly Removal[];
}

/**
 * Writes and removes files. Each is replaced in one step, and no step is taken before the text of every file is on the
 * disk: when that runs full, nothing has changed.
 *
 * @throws ForageError `file` that says which files have changed and which have not
 */
export async function applyChanges({ root, placements, removals }: Changes): Promise<void> {
  const temporary: string[] = [];
  const made: string[] = [];
  const done: string[] = [];
  let at = "";
  for (const directory of new Set(placements.map(({ target }) => dirname(target))))
    await sweep(directory);
  try {
    for (const placement of placements) {
      at = placement.path;
      for (const directory of placement.directories)
        if (await makeDirectory(directory)) made.push(directory);
      temporary.push(temporaryName(placement.target));
      await writeNew(temporary.at(-1) ?? "", placement.bytes, placement.permissions);
    }
    for (const [index, { path, target }] of placements.entries()) {
      at = path;
      await rename(temporary[index] ?? "", target);
      done.push(path);
    }
    for (const { path, target } of removals) {
      at = path;
      await rm(target, { force: true });
      done.push(path);
    }
  } catch (error) {
    await cleanUp(temporary, made);
    const all = [...placements, ...removals].map(({ path }) => path);
    throw halfway(error, at, done, all.slice(done.length));
  }
  for (const { target } of removals) await removeEmpty(dirname(target), root);
}

async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** As far as it goes: the failure before this one is the one to report. */
async function cleanUp(temporary: readonly string[], made: readonly string[]): Promise<void> {
  for (const file of temporary) await rm(file, { force: true }).catch(() => undefined);
  for (const directory of made.toReversed()) await rmdir(directory).catch(() => undefined);
}

async function removeEmpty(directory: string, root: string): Promise<void> {
  try {
    for (let at = directory; at !== root; at = dirname(at)) await rmdir(at);
  } catch {
    // Not empty, or not ours to remove.
  }
}

function halfway(
  error: unknown,
  at: string,
  done: readonly string[],
  left: readonly string[],
): ForageError {
  const list = (paths: readonly string[]) => paths.map(named).join(", ");
  const outcome =
    done.length === 0
      ? "no file was changed"
      : `changed before that: ${list(done)}; left as they were: ${list(left)}`;
  return fileError(
    [
      {
        message: `${named(at)} cannot be changed: ${reason(error)}; ${outcome}`,
        hint: wayOut(error),
      },
    ],
    error,
  );
}
