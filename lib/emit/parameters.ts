import { fn } from "../nix/index.ts";
import type { Nix } from "../nix/tree.ts";
import { variablesOf } from "../nix/variables.ts";

/** What the module system and flakes pass to a function, in the order in which people write it. */
const USUAL = ["config", "lib", "options", "pkgs", "modulesPath", "inputs", "self"];

/** What the module system gives each module by itself, however it was imported. */
const OWN_OF_MODULES: ReadonlySet<string> = new Set([
  "config",
  "lib",
  "options",
  "pkgs",
  "modulesPath",
]);

/** The variables that an expression needs as parameters, in the usual order. */
export function neededBy(...expressions: readonly Nix[]): readonly string[] {
  const needed = new Set<string>();
  for (const expression of expressions) {
    const { free, maybe } = variablesOf(expression);
    for (const name of free) needed.add(name);
    // Below a `with`, and in raw text, only these are sure to be meant.
    for (const name of maybe) if (name === "lib" || name === "pkgs") needed.add(name);
  }
  const others = [...needed].filter((name) => !USUAL.includes(name)).toSorted();
  return [...USUAL.filter((name) => needed.has(name)), ...others];
}

/** A function of the parameters that its body needs, and of any others: a module, or a file of one. */
export function fnOfNeeded(body: Nix): Nix {
  return fn([...neededBy(body), "..."], body);
}

/** A module within a file: what its imports share comes from around it, such as a flake's `inputs`. */
export function innerModule(body: Nix): Nix {
  return fn([...neededBy(body).filter((name) => OWN_OF_MODULES.has(name)), "..."], body);
}

/** The file of wrappers: a function of `pkgs` and `lib`, and of what else its packages come from. */
export function fnOfPackages(body: Nix): Nix {
  const others = neededBy(body).filter((name) => name !== "pkgs" && name !== "lib");
  return fn(["pkgs", "lib", ...others, "..."], body);
}
