import { posix } from "node:path";
import { Option } from "commander";
import type { Rendering } from "../emit/rendering.ts";
import { type Diagnostic, ForageError } from "../error.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";

export function onlyOption(): Option {
  return new Option("--only <files...>", "only these outputs, by their paths");
}

/**
 * The outputs that `--only` names, or all.
 *
 * @throws ForageError `usage` for each name that is no output's
 */
export function chooseOutputs(
  rendering: Rendering,
  only: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  const { configFile, files } = rendering;
  if (only === undefined) return files;
  const names = new Set(only.map((name) => posix.normalize(name)));
  const unknown = [...names].filter((name) => !files.has(name));
  if (unknown.length > 0)
    throw new ForageError(
      "usage",
      unknown.map((name): Diagnostic => {
        const message = `${show(name)} is no output of ${configFile}`;
        return { path: [], message, hint: suggest(name, [...files.keys()], "it has none") };
      }),
    );
  return new Map([...files].filter(([path]) => names.has(path)));
}
