import { apply, attrs, bind, blankLine, fn, list, op, ref, str } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Template } from "../schema/types.ts";
import { type GitCredential, gitThroughBridge, relay } from "./relay.ts";

/** How a template's module stands in its file. */
export interface TemplatePlace {
  /** The wrappers, as items of a list or as one expression for such a list. */
  readonly wrappers: readonly Nix[] | Nix;
  /** The template's name, where the module is one of several in a file and errors have to say which. */
  readonly name?: string;
  /** Its credentials that are for git. */
  readonly git: readonly GitCredential[];
}

/** The members of a NixOS module with what a template puts into a sandbox: wrappers, packages, user. */
export function templateModule(template: Template, { wrappers, name, git }: TemplatePlace): Nix {
  const sections: (readonly NixEntry[])[] = [
    [bind("_class", "nixos"), ...(name === undefined ? [] : [bind("_file", fileOf(name))])],
    template.imports.length > 0 ? [bind("imports", template.imports)] : [],
    allowUnfree(unfreePackagesOf([template]), ["nixpkgs", "config"]),
    [bind(["environment", "systemPackages"], packages(wrappers, template.extraPackages))],
    user(template),
    ...relay(template),
    gitThroughBridge(template, git),
    template.stateVersion === undefined ? [bind(["system", "stateVersion"], NO_STATE)] : [],
  ];
  return attrs(spaced(sections));
}

/** Where in its file a module stands, for errors to name. */
export function fileOf(place: string): Nix {
  return str`${ref("__curPos", "file")}#${place}`;
}

/** Entries in groups, with an empty line between one group and the next. */
export function spaced(sections: readonly (readonly NixEntry[])[]): NixEntry[] {
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [blankLine(), ...section]));
}

/** What keeps no state has none of an older release. A system that does, and is no sandbox, says its own. */
const NO_STATE = apply(ref("lib", "mkDefault"), ref("lib", "trivial", "release"));

function packages(wrappers: readonly Nix[] | Nix, extra: readonly Nix[]): Nix {
  if (isList(wrappers)) return list([...wrappers, ...extra]);
  return extra.length === 0 ? wrappers : op(wrappers, "++", extra);
}

function isList(wrappers: readonly Nix[] | Nix): wrappers is readonly Nix[] {
  return Array.isArray(wrappers);
}

function user({ user: { name, uid } }: Template): NixEntry[] {
  // A group of its own, because the secrets' copies belong to the group of the user's number.
  return [
    bind(["users", "users", name], { isNormalUser: true, uid, group: name }),
    bind(["users", "groups", name, "gid"], uid),
  ];
}

/** The names of the packages with an unfree licence that templates use, in the order of their bytes. */
export function unfreePackagesOf(templates: readonly Template[]): readonly string[] {
  const names = templates.flatMap(({ agents, unfreePackages }) => [
    ...Object.values(agents).flatMap((agent) => agent.unfreePackages),
    ...unfreePackages,
  ]);
  return [...new Set(names)].toSorted();
}

/** By name, because `allowUnfree = true` would allow whatever comes along. */
export function allowUnfree(names: readonly string[], at: readonly string[]): NixEntry[] {
  if (names.length === 0) return [];
  const [first, ...rest] = [...at, "allowUnfreePredicate"];
  const isAllowed = apply(
    ref("builtins", "elem"),
    apply(ref("lib", "getName"), ref("package")),
    names,
  );
  return [bind([first as string, ...rest], fn("package", isAllowed))];
}
