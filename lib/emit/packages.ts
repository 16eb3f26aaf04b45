import { ForageError } from "../error.ts";
import { attrs, bind, fn, inheritFrom, letIn, ref } from "../nix/index.ts";
import { isIdentifier } from "../nix/names.ts";
import type { Nix, NixSelect } from "../nix/tree.ts";
import { isGlobal } from "../nix/variables.ts";
import { show } from "../schema/show.ts";
import type { Template } from "../schema/types.ts";
import { agentOf, type Named } from "./choose.ts";
import { neededBy } from "./parameters.ts";
import { type Packages, shareExport, within, wrapper } from "./wrapper.ts";

/** The attribute of an overlay's packages. */
export const OVERLAY_ATTRIBUTE = "forage";

/** What an agent's package is called: with its template's name before it, unless that is "default". */
function packageName(template: string, agent: string): string {
  return template === "default" ? agent : `${template}-${agent}`;
}

interface Package {
  readonly name: string;
  readonly template: Template;
  readonly agent: string;
}

/**
 * The agents of templates as packages. A package's name does not depend on which other templates there are.
 *
 * @throws ForageError `definition` when two come to one name
 */
export function packagesOf(templates: readonly Named<Template>[]): readonly Package[] {
  const owners = new Map<string, string>();
  return templates.flatMap(({ name: from, value: template }) =>
    Object.keys(template.agents).map((agent) => {
      const name = packageName(from, agent);
      const owner = owners.get(name);
      if (owner !== undefined)
        throw new ForageError("definition", [
          {
            path: ["templates", from, "agents", agent],
            message: `its package would be called ${show(name)}, which one of the template ${show(owner)} is`,
            hint: "rename one of the two agents, or render the templates to files of their own",
          },
        ]);
      owners.set(name, from);
      return { name, template, agent };
    }),
  );
}

/** A set of all packages, with what they share in a `let` around it. */
function packageSet(packages: readonly Package[], scope?: Packages): Nix {
  const { entries, exportSecret } = shareExport(packages);
  const set = attrs(
    new Map(
      packages.map(({ name, template, agent }) => [
        name,
        wrapper(template, agent, exportSecret, scope),
      ]),
    ),
  );
  return within(entries, set);
}

/** A function for `callPackages`: its parameters are what the packages are made of. */
export function packageFunction(templates: readonly Named<Template>[]): Nix {
  const packages = packagesOf(templates);
  const sources = packages.map(({ template, agent }) => agentOf(template, agent).package);
  const taken = new Set([...TAKEN, ...neededBy(...sources.filter((from) => !isOfPkgs(from)))]);
  const body = packageSet(packages, {
    writeShellScriptBin: ref("writeShellScriptBin"),
    package: (from) => asParameter(from, taken),
  });
  return fn(neededBy(body), body);
}

function isOfPkgs(from: Nix): from is NixSelect {
  return from.kind === "select" && from.from.kind === "identifier" && from.from.name === "pkgs";
}

/** `pkgs.python3Packages.x` as the parameter `python3Packages` and an attribute of that. */
function asParameter(from: Nix, taken: ReadonlySet<string>): Nix {
  if (!isOfPkgs(from) || from.fallback !== undefined) return from;
  const [first, ...rest] = from.path;
  const names = rest.filter((name) => typeof name === "string");
  if (typeof first !== "string" || names.length < rest.length) return from;
  return isIdentifier(first) && !isGlobal(first) && !taken.has(first) ? ref(first, ...names) : from;
}

const TAKEN = ["pkgs", "lib", "exportSecret", "writeShellScriptBin"];

/** An overlay: `final: _prev: { forage = { … }; }`. */
export function overlay(templates: readonly Named<Template>[]): Nix {
  const set = { [OVERLAY_ATTRIBUTE]: packageSet(packagesOf(templates)) };
  const body = letIn([inheritFrom(ref("final"), "lib"), bind("pkgs", ref("final"))], set);
  const packages = fn("final", fn("_prev", body));
  // What an overlay is not given has to come from who imports the file, such as a flake's inputs.
  const needed = neededBy(packages);
  return needed.length > 0 ? fn([...needed, "..."], packages) : packages;
}
