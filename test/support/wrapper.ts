import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { renderWrappers } from "../../lib/emit/render.ts";
import {
  apply,
  attrs,
  bind,
  inherit,
  inheritFrom,
  letIn,
  op,
  path,
  printNix,
  ref,
} from "../../lib/nix/index.ts";
import type { Template } from "../../lib/schema/types.ts";
import type { PrivateNix } from "./nix.ts";

const OFFLINE_PKGS = fileURLToPath(new URL("../../nix/offline-pkgs.nix", import.meta.url));

/** Builds what `wrappers.nix` beside it holds, and writes down where each wrapper is. */
const ALL = printNix(
  letIn(
    [
      bind("pkgs", apply(ref("import"), op(path("/."), "+", OFFLINE_PKGS), attrs({}))),
      bind(
        "wrappers",
        apply(
          ref("import"),
          path("./wrappers.nix"),
          attrs([inherit("pkgs"), inheritFrom(ref("pkgs"), "lib")]),
        ),
      ),
    ],
    apply(
      ref("pkgs", "writeText"),
      "wrappers.json",
      apply(ref("builtins", "toJSON"), ref("wrappers")),
    ),
  ),
);

/** Wrappers in the store of a private Nix, by their names. */
export interface BuiltWrappers {
  readonly names: readonly string[];
  /** A wrapper's store path. */
  readonly storePath: (name: string) => string;
  /** A wrapper's script. */
  readonly script: (name: string) => string;
}

/** Builds all wrappers of a template, with the stand-in agents of nix/offline-pkgs.nix, in one `nix-build`. */
export async function buildWrappers(nix: PrivateNix, template: Template): Promise<BuiltWrappers> {
  return buildWrapperFile(nix, renderWrappers(template));
}

/** The same for the text of a file that might have been rendered. */
export async function buildWrapperFile(nix: PrivateNix, text: string): Promise<BuiltWrappers> {
  // Others may run a wrapper too, not only who built it.
  await chmod(nix.directory, 0o755);
  const directory = await mkdtemp(join(nix.directory, "wrappers-"));
  await writeFile(join(directory, "wrappers.nix"), text);
  await writeFile(join(directory, "all.nix"), ALL);
  const built = await nix.build(join(directory, "all.nix"), ["--max-jobs", "2"]);
  const paths = JSON.parse(await readFile(built, "utf8")) as Record<string, string>;
  const storePath = (name: string): string => {
    const found = paths[name];
    if (found === undefined) throw new Error(`there is no wrapper ${name}`);
    return found;
  };
  return {
    names: Object.keys(paths),
    storePath,
    script: (name) => join(storePath(name), "bin", name),
  };
}

/** A directory for secret files, in the store's own; it is a template's `secretsMountPoint`. */
export async function mountPoint(nix: PrivateNix): Promise<string> {
  const directory = join(nix.directory, "run", "secrets");
  await mkdir(directory, { recursive: true });
  return directory;
}

/** The store paths that one needs at run time. */
export async function referencesOf(nix: PrivateNix, storePath: string): Promise<string[]> {
  const { stdout } = await execa("nix-store", ["--query", "--references", storePath], {
    env: {
      NIX_REMOTE: "",
      NIX_STATE_DIR: join(nix.directory, "var"),
      NIX_STORE_DIR: join(nix.directory, "store"),
    },
  });
  return stdout.split("\n");
}
