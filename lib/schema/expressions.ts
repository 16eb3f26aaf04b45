import { isNode } from "../nix/node.ts";
import type { Nix } from "../nix/tree.ts";
import { variablesOf } from "../nix/variables.ts";
import { show } from "./show.ts";
import type { Problem } from "./text-rule.ts";

/** What rendered files call their own parts; an expression with a variable of such a name would mean those. */
const OWN_VARIABLES: ReadonlySet<string> = new Set([
  "bridge",
  "bridgeHardening",
  "bridgeSandboxes",
  "bridgeSecrets",
  "bridgeSetup",
  "exportSecret",
  "hostFile",
  "packages",
  "pkgsFor",
  "secretsHooks",
  "secretsUnit",
  "systems",
  "templates",
  "withUnfree",
  "wrappers",
]);

/** Why an expression cannot stand in a rendered file. */
export function ownVariableProblem(expression: Nix): Problem | undefined {
  const taken = [...variablesOf(expression).free].find((name) => OWN_VARIABLES.has(name));
  if (taken === undefined) return undefined;
  return {
    message: `the variable ${show(taken)} is one that rendered files have for themselves`,
    hint: "reach the value another way, such as through inputs or config",
  };
}

/** The text of a string without holes; any other expression as it is. */
export function literalText(expression: Nix): Nix | string {
  if (expression.kind !== "string") return expression;
  const texts = expression.parts.filter((part) => typeof part === "string");
  return texts.length === expression.parts.length ? texts.join("") : expression;
}

/** The text of a path that may be an expression; undefined for one that only Nix can tell. */
export function knownPath(path: string | Nix | undefined): string | undefined {
  const known = typeof path === "object" ? literalText(path) : path;
  return typeof known === "string" ? known : undefined;
}

/** Whether an expression holds a path literal anywhere; Nix copies what that names into its store. */
export function holdsPathLiteral(expression: Nix): boolean {
  for (const value of valuesIn(expression)) if (isNode(value) && value.kind === "path") return true;
  return false;
}

/** Everything that an expression is made of; a loop, because an expression may be deeper than the stack. */
export function* valuesIn(expression: object): Generator<unknown> {
  const seen = new Set<object>();
  const rest: unknown[] = [expression];
  while (rest.length > 0) {
    const value = rest.pop();
    yield value;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const inner of Object.values(value)) rest.push(inner);
  }
}
