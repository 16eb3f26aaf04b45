import { ForageError } from "../error.ts";
import { apply, attrs, bind, indented, letIn, ref } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import { show } from "../schema/show.ts";
import type { Agent, Template } from "../schema/types.ts";
import { agentOf, checkedTemplate } from "./choose.ts";
import { bridgeScript, EXPORT_SECRET, wrapperScript } from "./script.ts";

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
  return wrapper(checkedTemplate(template), name, EXPORT_SECRET);
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
  const all: Template = checkedTemplate(template);
  const wanted: readonly string[] = namesOf(names ?? Object.keys(all.agents));
  const agents = wanted.map((agent) => ({ template: all, agent }));
  const { entries, exportSecret } = shareExport(agents);
  return within(entries, wrapperSet(all, wanted, exportSecret));
}

function namesOf(names: readonly string[]): readonly string[] {
  if (Array.isArray(names)) return names;
  throw new ForageError("definition", [
    { path: [], message: `${show(names)} is no list of agents`, hint: 'write ["claude"]' },
  ]);
}

/** Where wrappers get the function from that exports their secrets. */
export interface SharedExport {
  /** What a `let` around the wrappers has to hold. */
  readonly entries: readonly NixEntry[];
  readonly exportSecret: string | Nix;
}

/** An agent by its name in a template. */
interface AgentOf {
  readonly template: Template;
  readonly agent: string;
}

/** Lets wrappers share the function that exports their secrets, where more than one has any. */
export function shareExport(agents: readonly AgentOf[]): SharedExport {
  const users = agents.filter(
    ({ template, agent }) =>
      agentOf(template, agent).secrets.length > 0 && template.auth === "secrets",
  );
  if (users.length < 2) return { entries: [], exportSecret: EXPORT_SECRET };
  return {
    entries: [bind("exportSecret", indented(EXPORT_SECRET))],
    exportSecret: ref("exportSecret"),
  };
}

/** The agents of templates, for `shareExport`. */
export function allAgents(...templates: readonly Template[]): readonly AgentOf[] {
  return templates.flatMap((template) =>
    Object.keys(template.agents).map((agent) => ({ template, agent })),
  );
}

/** `let … in body`, or the body alone where there is nothing to bind. */
export function within(entries: readonly NixEntry[], body: Nix): Nix {
  return entries.length > 0 ? letIn(entries, body) : body;
}

/** How a file calls what wrappers are made of. */
export interface Packages {
  readonly writeShellScriptBin: Nix;
  readonly package: (from: Nix) => Nix;
}

const OF_PKGS: Packages = {
  writeShellScriptBin: ref("pkgs", "writeShellScriptBin"),
  package: (from) => from,
};

/** A set of wrappers by their names. */
export function wrapperSet(
  template: Template,
  names: readonly string[],
  exportSecret: string | Nix,
  packages: Packages = OF_PKGS,
): Nix {
  return attrs(
    new Map(names.map((name) => [name, wrapper(template, name, exportSecret, packages)])),
  );
}

/** The wrappers of all agents of a template, as items of a list. */
export function wrapperList(template: Template, exportSecret: string | Nix): readonly Nix[] {
  return Object.keys(template.agents).map((name) => wrapper(template, name, exportSecret));
}

export function wrapper(
  template: Template,
  name: string,
  exportSecret: string | Nix,
  packages: Packages = OF_PKGS,
): Nix {
  const agent = agentOf(template, name);
  const { bridge, secretsMountPoint } = template;
  const becomes = program(agent, packages);
  const script =
    bridge === undefined
      ? wrapperScript(agent, becomes, secretsMountPoint, exportSecret)
      : bridgeScript(agent, becomes, bridge.port);
  return apply(packages.writeShellScriptBin, name, script);
}

/** The program's path as an interpolation, so that the wrapper depends on the package. */
function program({ package: from, mainProgram }: Agent, packages: Packages): Nix {
  const found = packages.package(from);
  return mainProgram === undefined
    ? apply(ref("lib", "getExe"), found)
    : apply(ref("lib", "getExe'"), found, mainProgram);
}
