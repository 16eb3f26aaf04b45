import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isGenerated } from "../../emit/header.ts";
import { ForageError } from "../../error.ts";
import { errorCode, reason, wayOut } from "../../files/reason.ts";
import { type Flake, FORMS, type Form } from "./forms.ts";

/** What a directory has that a new configuration has to fit. */
export interface Surroundings {
  readonly flake: Flake;
  /** Whether the configuration's types are at hand. */
  readonly hasTypes: boolean;
}

/**
 * Looks around in a directory.
 *
 * @throws ForageError `usage` when it has a configuration; `file` when it cannot be read
 */
export async function lookAround(directory: string): Promise<Surroundings> {
  const names = await namesIn(directory);
  const config = names.find((name) => name.startsWith("forage.config."));
  if (config !== undefined)
    throw new ForageError("usage", [
      {
        path: [],
        message: `${config} is there already`,
        hint: "change that one, or move it away first",
      },
    ]);
  const modules = await readdir(join(directory, "node_modules")).catch((): string[] => []);
  return {
    flake: names.includes("flake.nix") ? await kindOfFlake(directory) : "none",
    hasTypes: modules.includes("forage-nix"),
  };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const message = `the directory cannot be read: ${reason(error)}`;
    throw new ForageError("file", [{ path: [], message, hint: wayOut(error) }], { cause: error });
  }
}

async function kindOfFlake(directory: string): Promise<Flake> {
  const text = await readFile(join(directory, "flake.nix"), "utf8").catch(() => "");
  return text.includes("flake-parts") ? "flake-parts" : "plain";
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
