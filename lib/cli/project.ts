import { basename, dirname, extname, relative, resolve } from "node:path";
import { renderOutputs } from "../emit/outputs.ts";
import type { Rendering } from "../emit/rendering.ts";
import { ForageError } from "../error.ts";
import { findConfig, type LoadKnownModules, loadConfig } from "../files/config.ts";
import { portableRelative } from "../files/relative.ts";
import type { Config } from "../schema/config-types.ts";
import { unlessIdle } from "./idle.ts";
import type { Terminal } from "./terminal.ts";

/** What a configuration gives, and where it belongs. */
export interface Project {
  readonly rendering: Rendering;
  readonly directory: string;
}

/** The options of every command that works on a project. */
export interface ProjectOptions {
  readonly config?: string;
  readonly out?: string;
}

/**
 * Renders the configuration that `--config` names, or the nearest one, for the directory that `--out` names, or its own.
 *
 * @throws ForageError `config-file` or `definition`
 */
export async function openProject(options: ProjectOptions, terminal: Terminal): Promise<Project> {
  const { out } = options;
  const { directory } = terminal;
  return opening(options, terminal, async (file) => {
    const root = out === undefined ? dirname(file) : resolve(directory, out);
    // Each header leads to the configuration, and so two configurations can share a directory.
    const name = portableRelative(root, file);
    const config = await load(file, terminal);
    return { rendering: renderOutputs(config, name), directory: root };
  });
}

/**
 * Reads the same configuration.
 *
 * @throws ForageError `config-file` or `definition`
 */
export async function openConfig(
  options: Pick<ProjectOptions, "config">,
  terminal: Terminal,
): Promise<{ readonly config: Config; readonly file: string }> {
  return opening(options, terminal, async (file) => ({ config: await load(file, terminal), file }));
}

async function opening<T>(
  { config }: Pick<ProjectOptions, "config">,
  { directory, writeError }: Terminal,
  open: (file: string) => Promise<T>,
): Promise<T> {
  const file = config === undefined ? await findConfig(directory) : resolve(directory, config);
  try {
    return await open(file);
  } catch (error) {
    if (error instanceof ForageError && error.code === "definition")
      writeError(`forage: in ${relative(directory, file)}:\n`);
    throw error;
  }
}

const PATIENCE_MS = 10_000;

/** What a configuration, or a module of hooks, can import wherever it lies. */
export const loadKnownModules: LoadKnownModules = async () => ({
  "forage-nix": await import("../index.ts"),
  "forage-nix/driver": await import("../driver/index.ts"),
  "forage-nix/nix": await import("../nix/index.ts"),
});

async function load(file: string, { writeError }: Terminal): Promise<Config> {
  const notice = () => writeError(`forage: waiting for what ${basename(file)} exports\n`);
  const timer = setTimeout(notice, PATIENCE_MS).unref();
  const { stdout, stderr } = process;
  const write = stdout.write;
  // What it prints is a message, and results are for other programs to read.
  stdout.write = stderr.write.bind(stderr);
  try {
    return await unlessIdle(loadConfig(file, loadKnownModules), () => {
      throw neverSettles(basename(file));
    });
  } finally {
    stdout.write = write;
    clearTimeout(timer);
  }
}

function neverSettles(name: string): ForageError {
  return new ForageError("config-file", [
    {
      path: [],
      message: `${name}: the configuration's promise never settles`,
      hint: "look for an await of a promise that nothing resolves",
    },
  ]);
}

/** The failure of a command that needs outputs where the configuration has none. */
export function noOutputs({ configFile }: Rendering): ForageError {
  const name = extname(configFile) === ".json" ? '"outputs"' : "outputs";
  return new ForageError("usage", [
    {
      path: [],
      message: `${configFile} has no outputs, which say what file to write`,
      hint: `add ${name}: { "nix/sandboxes.nix": "nixos-module" }`,
    },
  ]);
}
