import { constants, type Dirent } from "node:fs";
import { access, open, readdir } from "node:fs/promises";
import { join, posix, relative } from "node:path";
import { configFileOf } from "../emit/header.ts";
import type { Rendering } from "../emit/rendering.ts";
import { isConfigName } from "./config-names.ts";
import { errorCode } from "./reason.ts";
import { type Survey, survey } from "./survey.ts";

/** Longer than any header: a path has at most 4096 bytes. */
const BEGINNING = 8192;

/**
 * The files that the configuration gave before and gives no longer: `.nix` files below the directory whose header names
 * the configuration. Other projects below it, `node_modules`, hidden directories and links are passed over, and so is
 * what cannot be read.
 *
 * @returns paths relative to the directory, in the order of their bytes
 * @throws ForageError `file` when the directory cannot be used, or a path of the rendering leads out of it
 */
export async function findStale(rendering: Rendering, directory: string): Promise<string[]> {
  return staleBeside(rendering, await survey(rendering, directory));
}

/** The same, of what a survey has found. */
export async function staleBeside(
  { configFile, files }: Rendering,
  { root, outputs }: Survey,
): Promise<string[]> {
  const config = posix.normalize(configFile);
  // A link's target has an output's text, though not an output's path.
  const targets = new Set(
    outputs.map(({ found }) => (found.kind === "unusable" ? undefined : found.target)),
  );
  const stale: string[] = [];
  for await (const file of nixFiles(root, join(root, config))) {
    const path = relative(root, file);
    if (files.has(path) || targets.has(file)) continue;
    const named = configFileOf(await beginning(file), path);
    if (named === config || (await wasRenamed(root, named, config))) stale.push(path);
  }
  return stale.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Whether a header names the configuration as it was called before, with another ending. */
async function wasRenamed(root: string, named: string | undefined, config: string) {
  if (named === undefined || stem(named) !== stem(config)) return false;
  return access(join(root, named)).then(
    () => false,
    (error: unknown) => errorCode(error) === "ENOENT",
  );
}

function stem(file: string): string {
  return file.slice(0, file.length - posix.extname(file).length);
}

async function* nixFiles(root: string, config: string): AsyncGenerator<string> {
  const directories = [root];
  for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
    const directory = at;
    const entries = await entriesOf(directory);
    const configs = entries.filter(isConfig).map(({ name }) => join(directory, name));
    if (directory !== root && configs.length > 0 && !configs.includes(config)) continue;
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && isOurs(entry.name)) directories.push(path);
      if (entry.isFile() && entry.name.endsWith(".nix")) yield path;
    }
  }
}

function isConfig(entry: Dirent): boolean {
  return isConfigName(entry.name) && !entry.isDirectory();
}

function isOurs(directory: string): boolean {
  return directory !== "node_modules" && !directory.startsWith(".");
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function beginning(file: string): Promise<string> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(file, flags);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}
