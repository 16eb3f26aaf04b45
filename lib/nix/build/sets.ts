import { checkDuplicates } from "../duplicates.ts";
import { lift, type NixValue } from "../lift.ts";
import { isNode } from "../node.ts";
import { refuse, shown } from "../refuse.ts";
import {
  type Nix,
  type NixBinding,
  type NixEntry,
  type NixInherit,
  type NixRemark,
  nixNode,
} from "../tree.ts";
import { attrPath, checkName, type NixAttrPathInput } from "./names.ts";

/**
 * A list. Comments and blank lines may stand between the items.
 *
 * @throws ForageError `nix-value`, with each place that holds something Nix cannot
 */
export function list(items: Iterable<NixValue | NixRemark>): Nix {
  if (typeof items?.[Symbol.iterator] !== "function")
    throw refuse([], `${shown(items)} is no list of items`, "pass an array");
  return lift([...items]);
}

/** What `attrs` takes: plain members, or bindings, inherits and remarks in their order. */
export type NixMembers =
  | ReadonlyMap<string, NixValue | undefined>
  | { readonly [name: string]: NixValue | undefined }
  | readonly NixEntry[];

/**
 * An attribute set. A member that is plain data with a single member of its own is written as one path:
 * `attrs({ a: { b: 1 } })` is `{ a.b = 1; }`. Entries that come as a list are written as they are.
 *
 * @throws ForageError `nix-value` with each place that holds something Nix cannot, or that sets an attribute twice
 * @example attrs([comment("why"), bind(["services", "nginx", "enable"], true), inherit("lib")])
 */
export function attrs(members: NixMembers): Nix {
  return { [nixNode]: true, kind: "set", recursive: false, entries: entriesOf(members) };
}

/** A recursive attribute set: its members see each other. */
export function recAttrs(members: NixMembers): Nix {
  return { [nixNode]: true, kind: "set", recursive: true, entries: entriesOf(members) };
}

export function entriesOf(members: NixMembers): readonly NixEntry[] {
  if (!isEntries(members)) {
    const set = lift(members);
    if (set.kind === "set" && !isNode(members)) return set.entries;
    throw refuse([], "a set's members are a plain object, a Map, or a list of entries");
  }
  for (const [index, entry] of members.entries())
    if (!isNode(entry) || !["binding", "inherit", "comment", "blank"].includes(entry.kind))
      throw refuse([index], "a set's entry is a bind(), inherit(), comment() or blankLine()");
  checkDuplicates(members);
  return [...members];
}

function isEntries(members: NixMembers): members is readonly NixEntry[] {
  return Array.isArray(members);
}

/**
 * `path = value;`
 *
 * @example bind(["environment", "systemPackages"], [pkgs("hello")])
 */
export function bind(path: NixAttrPathInput, value: NixValue): NixBinding {
  const names = attrPath(path);
  return {
    [nixNode]: true,
    kind: "binding",
    path: names,
    value: lift(
      value,
      names.map((name) => (typeof name === "string" ? name : "${…}")),
    ),
  };
}

/** `inherit a b;` */
export function inherit(...names: readonly string[]): NixInherit {
  return { [nixNode]: true, kind: "inherit", from: undefined, names: inheritNames(names) };
}

/** `inherit (from) a b;` */
export function inheritFrom(from: NixValue, ...names: readonly string[]): NixInherit {
  return { [nixNode]: true, kind: "inherit", from: lift(from), names: inheritNames(names) };
}

function inheritNames(names: readonly string[]): readonly string[] {
  return names.map((name, index) => checkName(name, [index]));
}
