import { liftFloat, liftInteger } from "../literal.ts";
import { identifierNode, selectNode } from "../node.ts";
import { refuse, shown } from "../refuse.ts";
import { type Nix, nixNode } from "../tree.ts";
import { checkIdentifier, checkName } from "./names.ts";

/**
 * A variable, and optionally attributes of it: `ref("lib", "getExe")` is `lib.getExe`. Each attribute is one name, so a
 * dot in it is quoted, never split.
 *
 * @throws ForageError `nix-value` when the variable is no identifier, or a name is no text that Nix can hold
 */
export function ref(variable: string, ...attributes: readonly string[]): Nix {
  const from = identifierNode(checkIdentifier(variable, []));
  if (attributes.length === 0) return from;
  return selectNode(
    from,
    attributes.map((name, index) => checkName(name, [index + 1])),
    undefined,
  );
}

/**
 * A package: `pkgs("python3Packages", "requests")` is `pkgs.python3Packages.requests`.
 *
 * @throws ForageError `nix-value` when there is no name, or a name is empty or no text that Nix can hold
 */
export function pkgs(...names: readonly [string, ...string[]]): Nix {
  for (const [index, name] of names.entries())
    if (name === "") throw refuse([index], "a package's name is empty", 'name it: pkgs("hello")');
  if (names.length === 0)
    throw refuse([], "a package needs a name", 'name it: pkgs("hello"), or write ref("pkgs")');
  return ref("pkgs", ...names);
}

/**
 * A whole number.
 *
 * @throws ForageError `nix-value` when it is no integer of 64 bits
 */
export function int(value: number | bigint): Nix {
  if (typeof value === "bigint") return liftInteger(value, []);
  if (Number.isSafeInteger(value)) return liftInteger(BigInt(value), []);
  throw refuse([], `${shown(value)} is no integer that JavaScript holds exactly`, "pass a bigint");
}

/**
 * A floating-point number, also when it is whole: `float(1)` is `1.0`.
 *
 * @throws ForageError `nix-value` when it is not finite
 */
export function float(value: number): Nix {
  return liftFloat(value, []);
}

/**
 * A path literal (`./x`, `../x`, `/x`, `~/x`). Nix **copies what it names into the world-readable store** as soon as it
 * becomes a string, so a secret's or a host's path must be a string instead. Strings and expressions alternate as they
 * come: `path("./", version, "/patch")`.
 *
 * @throws ForageError `nix-value` when Nix would not read it as a path
 */
export function path(...parts: readonly [string, ...(string | Nix)[]]): Nix {
  const [start] = parts;
  const shape = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (
    !/^(?:~|[a-zA-Z0-9._+-]*)(?:\/[a-zA-Z0-9._+-]+)+$/.test(shape) ||
    typeof start !== "string" ||
    !start.includes("/")
  )
    throw refuse(
      [],
      `${JSON.stringify(shape)} is no path literal: it needs a "/" followed by letters, digits or ._+-`,
      "pass it as a string, or append a string to a path with op()",
    );
  return { [nixNode]: true, kind: "path", parts };
}

/**
 * A path that is looked up in NIX_PATH: `searchPath("nixpkgs/lib")` is `<nixpkgs/lib>`.
 *
 * @throws ForageError `nix-value` when Nix would not read it as one
 */
export function searchPath(name: string): Nix {
  if (typeof name !== "string" || !/^[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*$/.test(name))
    throw refuse([], `${shown(name)} is no search path`, 'name it like "nixpkgs/lib"');
  return { [nixNode]: true, kind: "path", parts: [`<${name}>`] };
}
