import {
  apply,
  attrs,
  bind,
  comment,
  fn,
  inheritFrom,
  letIn,
  op,
  ref,
  select,
  str,
} from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Template } from "../schema/types.ts";
import { chooseTemplates, type Named } from "./choose.ts";
import {
  bridgeBinding,
  type Host,
  hostModule,
  secretsBinding,
  templateBindings,
  templatesOf,
} from "./host.ts";
import { packagesOf } from "./packages.ts";
import { innerModule } from "./parameters.ts";
import { allowUnfree, fileOf, spaced, unfreePackagesOf } from "./template.ts";
import { allAgents, shareExport, wrapperSet } from "./wrapper.ts";

/** What a flake, or a module of one, is made of. */
export interface FlakeParts {
  readonly host: Host;
  /** Whose wrappers are packages, and whose modules stand by themselves. */
  readonly templates: readonly Named<Template>[];
}

/** What its outputs share, for a `let` around them. */
export function sharedEntries({ host, templates }: FlakeParts): NixEntry[][] {
  const all = allTemplates({ host, templates });
  const shared = shareExport(allAgents(...all.map(({ value }) => value)));
  const wrappers = all.map(({ name, value }) => [
    bind(
      ["wrappers", name],
      fn("pkgs", wrapperSet(value, Object.keys(value.agents), shared.exportSecret)),
    ),
  ]);
  return [
    [...shared.entries],
    ...wrappers,
    packagesEntry(templates),
    ...templateBindings(host.config, all, (name) =>
      apply(ref("builtins", "attrValues"), wrappersOf(name, ref("pkgs"))),
    ),
    secretsBinding(host),
    bridgeBinding(host),
  ];
}

/** The templates of the flake, and those that only its sandboxes use, in the configuration's order. */
export function allTemplates({ host, templates }: FlakeParts): readonly Named<Template>[] {
  return chooseTemplates(
    host.config,
    [...templatesOf(host), ...templates].map(({ name }) => name),
  );
}

/**
 * `packages = pkgs: …;`, the wrappers of all templates as one set.
 *
 * @throws ForageError `definition` when two come to one name
 */
function packagesEntry(templates: readonly Named<Template>[]): NixEntry[] {
  // Nix would let the later of two packages win without a word.
  packagesOf(templates);
  const pkgs = ref("pkgs");
  const sets = templates.map(({ name }) => {
    const own = wrappersOf(name, pkgs);
    if (name === "default") return own;
    const rename = fn("name", apply(ref("lib", "nameValuePair"), str`${name}-${ref("name")}`));
    return apply(ref("lib", "mapAttrs'"), rename, own);
  });
  const [first = attrs({}), ...rest] = sets;
  return [
    bind(
      "packages",
      fn(
        "pkgs",
        rest.reduce((all, set) => op(all, "//", set), first),
      ),
    ),
  ];
}

function wrappersOf(template: string, pkgs: Nix): Nix {
  return apply(ref("wrappers", template), pkgs);
}

/** `nixosModules`: the host's, and for each template the one that its sandboxes share. */
export function nixosModules({ host, templates }: FlakeParts): Map<string, Nix> {
  const modules = new Map<string, Nix>();
  if (host.sandboxes.length > 0)
    modules.set("sandboxes", innerModule(hostModule(host, fileOf("nixosModules.sandboxes"))));
  for (const { name } of templates) modules.set(`template-${name}`, ref("templates", name));
  return modules;
}

/** The arguments of nixpkgs for packages of which some have an unfree licence. */
export function unfreeConfig(
  templates: readonly Named<Template>[],
  at: readonly string[] = [],
): NixEntry[] {
  return allowUnfree(unfreePackagesOf(templates.map(({ value }) => value)), at);
}

/** A flake-parts module: the NixOS modules, and the wrappers as packages of each system. */
export function flakeModule(parts: FlakeParts): Nix {
  const unfree = unfreeConfig(parts.templates);
  const pkgs = ref("pkgs");
  const packages = apply(
    ref("packages"),
    unfree.length > 0 ? apply(ref("withUnfree"), pkgs) : pkgs,
  );
  const modules = nixosModules(parts);
  const sections = [...sharedEntries(parts), unfree.length > 0 ? withUnfree(unfree) : []];
  return letIn(
    spaced(sections),
    attrs(
      spaced([
        [bind("_class", "flake")],
        modules.size > 0 ? [bind(["flake", "nixosModules"], modules)] : [],
        [bind("perSystem", fn(["pkgs", "..."], attrs([bind("packages", packages)])))],
      ]),
    ),
  );
}

function withUnfree(unfree: readonly NixEntry[]): NixEntry[] {
  const pkgs = ref("pkgs");
  const again = apply(
    ref("import"),
    select(pkgs, "path"),
    attrs([
      inheritFrom(pkgs, "overlays"),
      inheritFrom(select(pkgs, "stdenv", "hostPlatform"), "system"),
      bind("config", op(select(pkgs, "config"), "//", attrs(unfree))),
    ]),
  );
  return [
    comment("The same packages, with those of an unfree licence that the agents are."),
    bind("withUnfree", fn("pkgs", again)),
  ];
}
