import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isGenerated } from "../../emit/header.ts";
import { ForageError } from "../../error.ts";
import { isConfigName } from "../../files/config-names.ts";
import { errorCode, reason, wayOut } from "../../files/reason.ts";
import { portableRelative } from "../../files/relative.ts";
import { type Flake, FORMS, type Form, NO_FLAKE } from "./forms.ts";

/** What a new configuration has to fit: what is in its directory, and in those above. */
export interface Surroundings {
  readonly flake: Flake;
  /** Whether the configuration's types are at hand. */
  readonly hasTypes: boolean;
  /** The nearest configuration above, by its path from here. */
  readonly configAbove: string | undefined;
}

/** A directory's path, and the names of what is in it. */
type Listing = readonly [directory: string, names: readonly string[]];

/**
 * Looks around in a directory, and upward as far as its repository goes.
 *
 * @throws ForageError `usage` when it has a configuration; `file` when it cannot be read
 */
export async function lookAround(directory: string): Promise<Surroundings> {
  const here: Listing = [resolve(directory), await namesIn(directory)];
  const config = here[1].find(isConfigName);
  if (config !== undefined)
    throw new ForageError("usage", [
      {
        path: [],
        message: `${config} is there already`,
        hint: "change that one, or move it away first",
      },
    ]);
  const above = await listingsAbove(here);
  const all = [here, ...above];
  const withFlake = all.find(([, names]) => names.includes("flake.nix"));
  const modules = await Promise.all(all.map(([at]) => namesOrNone(join(at, "node_modules"))));
  return {
    flake: withFlake === undefined ? NO_FLAKE : await flakeIn(withFlake[0], here[0]),
    hasTypes: modules.some((names) => names.includes("forage-nix")),
    configAbove: above
      .flatMap(([at, names]) => names.filter(isConfigName).map((name) => join(at, name)))
      .map((file) => portableRelative(here[0], file))[0],
  };
}

/** The directories above, nearest first, up to the one that holds .git or the root. */
async function listingsAbove(from: Listing): Promise<Listing[]> {
  const found: Listing[] = [];
  let [at, names] = from;
  while (!names.includes(".git") && at !== dirname(at)) {
    at = dirname(at);
    names = await namesOrNone(at);
    found.push([at, names]);
  }
  return found;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const message = `the directory cannot be read: ${reason(error)}`;
    throw new ForageError("file", [{ path: [], message, hint: wayOut(error) }], { cause: error });
  }
}

async function namesOrNone(directory: string): Promise<string[]> {
  return readdir(directory).catch((): string[] => []);
}

async function flakeIn(directory: string, here: string): Promise<Flake> {
  const file = join(directory, "flake.nix");
  const text = await readFile(file, "utf8").catch(() => "");
  return {
    kind: text.includes("flake-parts") ? "flake-parts" : "plain",
    file: portableRelative(here, file),
    here: portableRelative(directory, here),
  };
}

/** A path for a form's output that nothing of somebody else's stands in the way of. */
export async function freePath(directory: string, form: Form): Promise<string> {
  const { file } = FORMS[form];
  // Nix looks for a flake at the top of a repository first.
  const paths = [...(form === "flake" ? [file] : []), `nix/${file}`, `forage/${file}`];
  for (const path of paths) if (await isFree(join(directory, path))) return path;
  return paths.at(-1) ?? file;
}

async function isFree(file: string): Promise<boolean> {
  try {
    return isGenerated(await readFile(file, "utf8"));
  } catch (error) {
    return errorCode(error) === "ENOENT";
  }
}
