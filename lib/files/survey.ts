import { realpath, stat } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import type { Rendering } from "../emit/rendering.ts";
import { show } from "../schema/show.ts";
import { type FileProblem, fileError, named } from "./problem.ts";
import { reason } from "./reason.ts";
import { type Found, lookAt, unusable } from "./target.ts";

/** A file of a rendering, and what the disk has in its place. */
export interface Output {
  readonly path: string;
  readonly bytes: Buffer;
  readonly found: Found;
}

export interface Survey {
  /** The project's directory, behind all links. */
  readonly root: string;
  /** In the rendering's order. */
  readonly outputs: readonly Output[];
}

/**
 * Looks at every place of a rendering, without a change to any.
 *
 * @throws ForageError `file` when the directory cannot be used, or a path leads out of it
 */
export async function survey(rendering: Rendering, directory: string): Promise<Survey> {
  const problems = [...rendering.files.keys()].filter(leadsAstray).map(astray);
  if (problems.length > 0) throw fileError(problems);
  const root = await openProject(directory);
  const outputs: Output[] = [];
  for (const [path, text] of rendering.files)
    outputs.push({ path, bytes: Buffer.from(text), found: await lookAt(root, path) });
  return { root, outputs: withoutClashes(outputs, await realConfig(rendering, root)) };
}

function leadsAstray(path: string): boolean {
  return path !== posix.normalize(path) || /^\.{0,2}(?:\/|$)|\/$|\0/.test(path);
}

function astray(path: string): FileProblem {
  return {
    message: `${show(path)} is no path of a file in the project: relative, normalised, and without ".."`,
    hint: 'choose one such as "nix/sandboxes.nix"',
  };
}

async function openProject(directory: string): Promise<string> {
  const hint = "name the project's directory";
  try {
    const root = await realpath(resolve(directory));
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw fileError(
      [{ message: `${named(directory)} cannot be used: ${reason(error)}`, hint }],
      error,
    );
  }
  throw fileError([{ message: `${named(directory)} cannot be used: it is no directory`, hint }]);
}

async function realConfig({ configFile }: Rendering, root: string): Promise<string> {
  const file = join(root, configFile);
  return realpath(file).catch(() => file);
}

/** Of two outputs with one place, by way of links, each would undo the other. */
function withoutClashes(outputs: readonly Output[], config: string): Output[] {
  const owners = new Map<string, string>();
  for (const { path, found } of outputs)
    if (found.kind !== "unusable" && !owners.has(found.target)) owners.set(found.target, path);
  return outputs.map((output) => {
    if (output.found.kind === "unusable") return output;
    const why = clash(output.path, output.found.target, owners, config);
    if (why === undefined) return output;
    return { ...output, found: unusable(why, "choose another path") };
  });
}

function clash(
  path: string,
  target: string,
  owners: ReadonlyMap<string, string>,
  config: string,
): string | undefined {
  if (target === config) return "it is the configuration itself";
  const owner = owners.get(target);
  if (owner !== undefined && owner !== path)
    return `it is the same file as the output ${named(owner)}`;
  for (let above = dirname(target); above !== dirname(above); above = dirname(above)) {
    const file = owners.get(above);
    if (file !== undefined) return `its directory is to be a file, the output ${named(file)}`;
  }
  return undefined;
}
