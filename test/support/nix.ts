import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { dir } from "tmp-promise";
import { afterAll, beforeAll } from "vitest";

/** Real Nix with a store of its own: nothing of the machine is read or changed. */
export interface PrivateNix {
  /** A directory for files, which goes away with the store. */
  readonly directory: string;
  /** The values of whole texts, in their order, forced in full; one process evaluates them all. */
  readonly evalJson: (texts: readonly string[]) => Promise<unknown[]>;
  /** What Nix understood of whole texts, in their order: its own text, with all parentheses. */
  readonly parse: (texts: readonly string[]) => Promise<string[]>;
  /** Builds what a file's expression is, and returns its store path. */
  readonly build: (file: string, args?: readonly string[]) => Promise<string>;
  /** What one of Nix's programs prints that works with this store. */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
  readonly remove: () => Promise<void>;
}

const CONFIG = [
  "build-users-group =",
  "sandbox = false",
  "substitute = false",
  "warn-dirty = false",
].join("\n");

async function privateNix(): Promise<PrivateNix> {
  const { path: directory, cleanup } = await dir({ prefix: "forage-nix", unsafeCleanup: true });
  const inside = (name: string) => join(directory, name);
  await Promise.all(["home", "texts", "conf"].map((name) => mkdir(inside(name))));
  const env = {
    HOME: inside("home"),
    NIX_CONFIG: CONFIG,
    NIX_CONF_DIR: inside("conf"),
    NIX_DATA_DIR: inside("data"),
    NIX_LOG_DIR: inside("log"),
    NIX_PATH: "",
    NIX_REMOTE: "",
    NIX_STATE_DIR: inside("var"),
    NIX_STORE_DIR: inside("store"),
    NIX_USER_CONF_FILES: "",
    XDG_CACHE_HOME: inside("cache"),
    XDG_CONFIG_HOME: inside("conf"),
  };
  // Reading and evaluating needs no store at all.
  const withoutStore = { ...env, NIX_REMOTE: "dummy://" };
  let written = 0;

  const write = async (texts: readonly string[]): Promise<string[]> => {
    const files = texts.map(() => join(inside("texts"), `${written++}.nix`));
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? "")));
    return files;
  };

  /** A failure throws, so what stdout holds by then is never read. */
  const instantiate = async (...args: readonly string[]): Promise<string> =>
    (await execa("nix-instantiate", args, { env: withoutStore, maxBuffer: 2 ** 30 })).stdout;

  const run: PrivateNix["run"] = async (program, args) =>
    (await execa(program, args, { env })).stdout;

  return {
    directory,
    evalJson: async (texts) => {
      const files = await write(texts);
      const all = `[ ${files.map((file) => `(import ${file})`).join(" ")} ]`;
      const json = await instantiate("--eval", "--strict", "--json", ...(await write([all])));
      return JSON.parse(json) as unknown[];
    },
    parse: async (texts) =>
      texts.length === 0 ? [] : (await instantiate("--parse", ...(await write(texts)))).split("\n"),
    build: async (file, args = []) => {
      const stdout = await run("nix-build", ["--no-out-link", file, ...args]);
      return stdout.split("\n").at(-1) ?? "";
    },
    run,
    remove: async () => {
      await makeWritable(inside("store"));
      await cleanup();
    },
  };
}

/** Store paths are read-only, and what is in a read-only directory cannot be removed. */
async function makeWritable(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  if (entries.length > 0) await chmod(directory, 0o755);
  for (const entry of entries)
    if (entry.isDirectory()) await makeWritable(join(directory, entry.name));
}

/** A `privateNix` for the tests of the describe block in which it is called. */
export function useNix(): () => PrivateNix {
  let nix: PrivateNix | undefined;
  beforeAll(async () => {
    nix = await privateNix();
  });
  afterAll(() => nix?.remove());
  return () => {
    if (nix === undefined) throw new Error("Nix is there once the tests run");
    return nix;
  };
}
