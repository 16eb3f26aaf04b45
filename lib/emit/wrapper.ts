import { ForageError } from "../error.ts";
import { apply, attrs, indented, letIn, ref } from "../nix/index.ts";
import type { Nix } from "../nix/tree.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import { isTemplate } from "../schema/template.ts";
import type { Agent, Template } from "../schema/types.ts";
import { EXPORT_SECRET, wrapperScript } from "./script.ts";

/**
 * The expression of one agent's wrapper, for use where `pkgs` and `lib` are in scope.
 *
 * @throws ForageError `definition` when the template has no such agent, or is not one that `defineTemplate` made
 * @example
 * emitWrapper(template, "claude") // pkgs.writeShellScriptBin "claude" ''…''
 */
export function emitWrapper<Name extends string>(
  template: Template<Name>,
  name: NoInfer<Name>,
): Nix {
  return wrapper(checked(template), name, EXPORT_SECRET);
}

/**
 * The expression of a set with the wrappers of a template's agents, in the template's order. What several of them need
 * stands once, in a `let` around the set.
 *
 * @param names only these agents, in this order @default every agent
 * @throws ForageError `definition` when the template lacks an agent, or is not one that `defineTemplate` made
 */
export function emitWrappers<Name extends string>(
  template: Template<Name>,
  names?: readonly NoInfer<Name>[],
): Nix {
  const all: Template = checked(template);
  const wanted: readonly string[] = names ?? Object.keys(all.agents);
  const users = wanted.filter((name) => agentOf(all, name).secrets.length > 0);
  const isShared = users.length > 1;
  const exportSecret = isShared ? ref("exportSecret") : EXPORT_SECRET;
  const wrappers = attrs(new Map(wanted.map((name) => [name, wrapper(all, name, exportSecret)])));
  return isShared ? letIn({ exportSecret: indented(EXPORT_SECRET) }, wrappers) : wrappers;
}

function wrapper(template: Template, name: string, exportSecret: string | Nix): Nix {
  const agent = agentOf(template, name);
  const { secretsMountPoint } = template;
  const script = wrapperScript(agent, program(agent), secretsMountPoint, exportSecret);
  return apply(ref("pkgs", "writeShellScriptBin"), name, script);
}

/** The program's path as an interpolation, so that the wrapper depends on the package. */
function program({ package: from, mainProgram }: Agent): Nix {
  return mainProgram === undefined
    ? apply(ref("lib", "getExe"), from)
    : apply(ref("lib", "getExe'"), from, mainProgram);
}

function checked(template: Template): Template {
  if (isTemplate(template)) return template;
  throw new ForageError("definition", [
    {
      path: [],
      message: "the template is unchecked: it is not one that defineTemplate or defineConfig made",
      hint: "pass it through defineTemplate() first, also after a change",
    },
  ]);
}

function agentOf(template: Template, name: string): Agent {
  const agent = Object.hasOwn(template.agents, name) ? template.agents[name] : undefined;
  if (agent !== undefined) return agent;
  throw new ForageError("definition", [
    {
      path: ["agents"],
      message: `the template has no agent ${show(name)}`,
      hint: suggest(String(name), Object.keys(template.agents), "add it to the template"),
    },
  ]);
}
