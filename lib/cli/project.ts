import { relative, resolve } from "node:path";
import { ForageError } from "../error.ts";
import { findConfig, loadConfig } from "../files/config.ts";
import * as forageNix from "../index.ts";
import * as forageNixNix from "../nix/index.ts";
import type { Config } from "../schema/config-types.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import type { Template } from "../schema/types.ts";
import type { Terminal } from "./terminal.ts";

/** The configuration that `--config` names, or the nearest one. */
export async function openConfig(
  file: string | undefined,
  { directory, writeError }: Terminal,
): Promise<Config> {
  const found = file === undefined ? await findConfig(directory) : resolve(directory, file);
  try {
    return await loadConfig(found, { "forage-nix": forageNix, "forage-nix/nix": forageNixNix });
  } catch (error) {
    if (error instanceof ForageError && error.code === "definition")
      writeError(`forage: in ${relative(directory, found)}:\n`);
    throw error;
  }
}

/**
 * The template that `--template` names, or the only one, or the one called "default".
 *
 * @throws ForageError `usage` when it is not clear which
 */
export function chooseTemplate(config: Config, name: string | undefined): Template {
  const names = Object.keys(config.templates);
  const wanted = name ?? (names.length === 1 ? names[0] : "default");
  const template = wanted === undefined ? undefined : config.templates[wanted];
  if (template !== undefined) return template;
  const message =
    name === undefined
      ? "which template? The configuration has none called default"
      : `the configuration has no template ${show(name)}`;
  throw new ForageError("usage", [
    { path: [], message, hint: suggest(name ?? "", names, "define one in the configuration") },
  ]);
}
