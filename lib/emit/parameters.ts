import { fn } from "../nix/index.ts";
import type { Nix } from "../nix/tree.ts";
import { variablesOf } from "../nix/variables.ts";

/** What the module system gives each module by itself, however it was imported. */
export const OF_MODULES: readonly string[] = ["config", "lib", "options", "pkgs", "modulesPath"];

/** What the module system and flakes pass to a function, in the order in which people write it. */
const USUAL = [...OF_MODULES, "inputs", "self"];

/** The variables that an expression needs as parameters, in the usual order. */
export function neededBy(...expressions: readonly Nix[]): readonly string[] {
  const needed = new Set<string>();
  for (const expression of expressions) {
    const { free, maybe } = variablesOf(expression);
    for (const name of free) needed.add(name);
    // Below a `with`, and in raw text, only these are sure to be meant.
    for (const name of maybe) if (isEverywhere(name)) needed.add(name);
  }
  const others = [...needed].filter((name) => !USUAL.includes(name)).toSorted();
  return [...USUAL.filter((name) => needed.has(name)), ...others];
}

/** Whether every rendered file has the variable, in a module or out of one. */
function isEverywhere(name: string): boolean {
  return name === "lib" || name === "pkgs";
}

/** A variable that an expression needs and only a module has. */
export function neededOfModule(expression: Nix): string | undefined {
  return neededBy(expression).find((name) => OF_MODULES.includes(name) && !isEverywhere(name));
}

/** A function of the parameters that its body needs, and of any others: a module, or a file of one. */
export function fnOfNeeded(body: Nix): Nix {
  return fn([...neededBy(body), "..."], body);
}

/** A module within a file: what its imports share comes from around it, such as a flake's `inputs`. */
export function innerModule(body: Nix): Nix {
  return fn([...neededBy(body).filter((name) => OF_MODULES.includes(name)), "..."], body);
}

/** The file of wrappers: a function of `pkgs` and `lib`, and of what else its packages come from. */
export function fnOfPackages(body: Nix): Nix {
  const others = neededBy(body).filter((name) => !isEverywhere(name));
  return fn(["pkgs", "lib", ...others, "..."], body);
}
