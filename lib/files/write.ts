import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isGenerated } from "../emit/header.ts";
import type { Rendering } from "../emit/rendering.ts";
import { applyChanges, type Placement, type Removal } from "./apply.ts";
import { type FileProblem, fileError, named } from "./problem.ts";
import { reason, wayOut } from "./reason.ts";
import { staleBeside } from "./stale.ts";
import { type Output, survey } from "./survey.ts";
import type { Found } from "./target.ts";

/** What became of a file. */
export interface WrittenFile {
  /** Relative to the project's directory. */
  readonly path: string;
  readonly change: "created" | "changed" | "unchanged" | "removed";
}

export interface WriteOptions {
  /** Whether to overwrite files that forage-nix did not generate @default false */
  readonly force?: boolean;
  /** Whether to remove the files that the configuration gives no longer @default false */
  readonly prune?: boolean;
}

/**
 * Brings the files of a rendering to the disk. A file that is equal already stays untouched; every other one is
 * replaced in one step, with its permissions kept. Nothing is written while anything stands in the way.
 *
 * @returns in the rendering's order, removed files last
 * @throws ForageError `file` with everything that stands in the way; or, should the system fail in the middle, with what
 * has changed by then
 * @example await writeFiles(rendering, process.cwd(), { prune: true });
 */
export async function writeFiles(
  rendering: Rendering,
  directory: string,
  { force = false, prune = false }: WriteOptions = {},
): Promise<readonly WrittenFile[]> {
  const surveyed = await survey(rendering, directory);
  const problems: FileProblem[] = [];
  const written: WrittenFile[] = [];
  const placements: Placement[] = [];
  for (const output of surveyed.outputs) {
    const problem = await obstacle(output, force);
    if (problem !== undefined) problems.push(problem);
    const { path, bytes, found } = output;
    if (found.kind === "unusable") continue;
    const change = changeOf(found, bytes);
    written.push({ path, change });
    if (change !== "unchanged") placements.push(placementOf(path, found, bytes));
  }
  const removals: Removal[] = [];
  for (const path of prune ? await staleBeside(rendering, surveyed) : []) {
    const target = join(surveyed.root, path);
    const problem = await denial(`${named(path)} cannot be removed`, [dirname(target)]);
    if (problem !== undefined) problems.push(problem);
    removals.push({ path, target });
    written.push({ path, change: "removed" });
  }
  if (problems.length > 0) throw fileError(problems);
  await applyChanges({ root: surveyed.root, placements, removals });
  return written;
}

type Usable = Exclude<Found, { kind: "unusable" }>;

function changeOf(found: Usable, bytes: Buffer): "created" | "changed" | "unchanged" {
  if (found.kind === "missing") return "created";
  return found.bytes.equals(bytes) ? "unchanged" : "changed";
}

function placementOf(path: string, found: Usable, bytes: Buffer): Placement {
  const { target } = found;
  return found.kind === "missing"
    ? { path, target, bytes, directories: found.directories }
    : { path, target, bytes, directories: [], permissions: found.permissions };
}

/** What stands in the way of a file. */
async function obstacle(
  { path, bytes, found }: Output,
  force: boolean,
): Promise<FileProblem | undefined> {
  const refusal = `${named(path)} cannot be written`;
  if (found.kind === "unusable") return { message: `${refusal}: ${found.why}`, hint: found.hint };
  if (found.kind === "missing")
    return denial(refusal, [dirname(found.directories[0] ?? found.target)]);
  if (found.bytes.equals(bytes)) return undefined;
  if (!force && !isGenerated(found.bytes.toString()))
    return {
      message: `${named(path)} is there, and forage-nix did not generate it`,
      hint: "rename it, or overwrite it with `forage render --force`",
    };
  // The system would let a file be replaced that it does not let be written.
  return denial(refusal, [found.target, dirname(found.target)]);
}

async function denial(
  refusal: string,
  targets: readonly string[],
): Promise<FileProblem | undefined> {
  try {
    for (const target of targets) await access(target, constants.W_OK);
    return undefined;
  } catch (error) {
    return { message: `${refusal}: ${reason(error)}`, hint: wayOut(error) };
  }
}
