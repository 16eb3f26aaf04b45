import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { outputHeader } from "../../lib/emit/header.ts";
import type { Rendering } from "../../lib/emit/rendering.ts";
import { ForageError } from "../../lib/index.ts";
import { temporaryDirectory } from "./temporary.ts";

type Files = Readonly<Record<string, string>>;

/** Temporary directories with files in them, for as long as the tests of a file run. */
export function temporaryProjects(): (files?: Files) => Promise<string> {
  const root = temporaryDirectory(0o755);
  let made = 0;
  return async (files = {}) => {
    const project = join(root(), `${made++}`);
    await mkdir(project);
    await addFiles(project, files);
    return project;
  };
}

export async function addFiles(project: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
}

const CONFIG_FILE = "forage.config.ts";

/** A file as a configuration would give it. */
export function generated(path: string, body = "{ }", configFile = CONFIG_FILE): string {
  return `# ${outputHeader(configFile, path)}\n${body}\n`;
}

/** A rendering of files by their bodies. */
export function rendering(bodies: Files, configFile = CONFIG_FILE): Rendering {
  const files = Object.entries(bodies).map(
    ([path, body]) => [path, generated(path, body, configFile)] as const,
  );
  return { configFile, files: new Map(files) };
}

/** Everything below a directory: files by their texts, links by what they lead to, directories that end in "/". */
export async function everything(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const found = entries.map(async (entry): Promise<[string, string]> => {
    const at = join(entry.parentPath, entry.name);
    const path = at.slice(directory.length + 1);
    if (entry.isSymbolicLink()) return [path, `-> ${await readlink(at)}`];
    return entry.isDirectory() ? [`${path}/`, ""] : [path, await readFile(at, "utf8")];
  });
  return Object.fromEntries((await Promise.all(found)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function failure(promise: Promise<unknown>): Promise<ForageError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ForageError) return error;
  throw new Error("no ForageError", { cause: error });
}
