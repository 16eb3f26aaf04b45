import { constants } from "node:fs";
import { lstat, open, realpath } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { ifThere } from "./if-there.ts";
import { named } from "./problem.ts";
import { reason, wayOut } from "./reason.ts";

/** Who may do what with a file. */
export interface Permissions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What is where a file belongs. `target` is where that really is, behind all links. */
export type Found =
  | {
      readonly kind: "missing";
      readonly target: string;
      /** The directories on the way that are missing too, outermost first. */
      readonly directories: readonly string[];
    }
  | {
      readonly kind: "file";
      readonly target: string;
      readonly bytes: Buffer;
      readonly permissions: Permissions;
    }
  | { readonly kind: "unusable"; readonly why: string; readonly hint: string };

/**
 * Looks at the place of a file of the project. Never throws.
 *
 * @param root the project's directory, behind all links
 */
export async function lookAt(root: string, path: string): Promise<Found> {
  try {
    const place = await locate(root, path);
    return place.kind === "present" ? await readTarget(place.target) : place;
  } catch (error) {
    return unusable(reason(error), wayOut(error));
  }
}

export function unusable(why: string, hint: string): Extract<Found, { kind: "unusable" }> {
  return { kind: "unusable", why, hint };
}

type Place = Exclude<Found, { kind: "file" }> | { readonly kind: "present"; target: string };

async function locate(root: string, path: string): Promise<Place> {
  const missing: string[] = [];
  for (let at = join(root, path); ; at = dirname(at)) {
    const real = await ifThere(realpath(at));
    if (real !== undefined) return place(root, real, missing);
    if (await isLink(at))
      return unusable(
        `${named(relative(root, at))} is a link to what is not there`,
        "remove the link",
      );
    missing.unshift(basename(at));
  }
}

function place(root: string, real: string, missing: readonly string[]): Place {
  const target = join(real, ...missing);
  if (!target.startsWith(root === "/" ? root : `${root}/`))
    return unusable(
      `a link on its way leads out of the project, to ${named(target)}`,
      "remove the link, or choose another path",
    );
  if (missing.length === 0) return { kind: "present", target };
  const directories = missing
    .slice(1)
    .map((_, index) => join(real, ...missing.slice(0, index + 1)));
  return { kind: "missing", target, directories };
}

async function readTarget(target: string): Promise<Found> {
  // Not blocking: to open a pipe would wait for its other end.
  const handle = await open(target, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      return unusable(
        stats.isDirectory() ? "it is a directory" : "it is no regular file",
        "move it away, or choose another path",
      );
    const { uid, gid } = stats;
    const permissions = { mode: stats.mode & 0o7777, uid, gid };
    return { kind: "file", target, bytes: await handle.readFile(), permissions };
  } finally {
    await handle.close();
  }
}

async function isLink(path: string): Promise<boolean> {
  return (await ifThere(lstat(path)))?.isSymbolicLink() ?? false;
}
