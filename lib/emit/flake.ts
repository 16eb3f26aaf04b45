import { ForageError } from "../error.ts";
import { apply, attrs, bind, fn, inherit, inheritFrom, letIn, ref, select } from "../nix/index.ts";
import type { Nix } from "../nix/tree.ts";
import type { FlakeInput, OutputFields } from "../schema/output-types.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import { type FlakeParts, nixosModules, sharedEntries, unfreeConfig } from "./flake-parts.ts";
import { OVERLAY_ATTRIBUTE } from "./packages.ts";
import { neededBy } from "./parameters.ts";
import { spaced } from "./template.ts";

type FlakeOptions = Pick<OutputFields["flake"], "description" | "inputs" | "systems">;

const DEFAULTS = {
  description: "Coding agents for NixOS",
  nixpkgs: "github:NixOS/nixpkgs/nixos-unstable",
  systems: ["aarch64-linux", "x86_64-linux"],
};

/** A whole flake: the NixOS modules, the overlay, and the wrappers as packages of each system. */
export function flake(parts: FlakeParts, options: FlakeOptions): Nix {
  const { description = DEFAULTS.description, systems = DEFAULTS.systems } = options;
  const inputs = { nixpkgs: DEFAULTS.nixpkgs, ...options.inputs };
  return attrs(
    spaced([
      [bind("description", description)],
      // Nix reads the inputs without evaluating: literals only.
      [
        bind(
          "inputs",
          new Map(Object.entries(inputs).map(([name, input]) => [name, inputValue(input)])),
        ),
      ],
      [bind("outputs", outputs(parts, systems, Object.keys(inputs)))],
    ]),
  );
}

function inputValue(input: FlakeInput) {
  if (typeof input === "string") return { url: input };
  const { url, follows, flake } = input;
  if (follows === undefined) return { url, flake };
  const followed = Object.entries(follows).map(
    ([name, other]) => [name, { follows: other }] as const,
  );
  return { url, flake, inputs: new Map(followed) };
}

function unknownInputs(names: readonly string[], inputs: readonly string[]): ForageError {
  return new ForageError(
    "definition",
    names.map((name) => ({
      path: ["inputs", name],
      message: `an expression needs ${show(name)}, which is no input of the flake`,
      hint: suggest(name, inputs, "add it to the inputs, or reach it through them"),
    })),
  );
}

function outputs(parts: FlakeParts, systems: readonly string[], inputs: readonly string[]): Nix {
  const modules = nixosModules(parts);
  const body = letIn(
    spaced([
      [inheritFrom(ref("nixpkgs"), "lib")],
      [bind("systems", systems)],
      ...sharedEntries(parts),
      [bind("pkgsFor", pkgsFor(parts))],
    ]),
    attrs(
      spaced([
        [
          bind(
            "packages",
            apply(
              ref("lib", "genAttrs"),
              ref("systems"),
              fn("system", apply(ref("packages"), apply(ref("pkgsFor"), ref("system")))),
            ),
          ),
        ],
        [
          bind(
            ["overlays", "default"],
            fn("final", fn("_prev", { [OVERLAY_ATTRIBUTE]: apply(ref("packages"), ref("final")) })),
          ),
        ],
        modules.size > 0 ? [bind("nixosModules", modules)] : [],
      ]),
    ),
  );
  return withArguments(body, inputs);
}

/** The packages of a system; those with an unfree licence only by name. */
function pkgsFor({ templates }: FlakeParts): Nix {
  const unfree = unfreeConfig(templates, ["config"]);
  if (unfree.length === 0)
    return fn("system", select(ref("nixpkgs"), "legacyPackages", ref("system")));
  return fn("system", apply(ref("import"), ref("nixpkgs"), attrs([inherit("system"), ...unfree])));
}

/** The function of a flake's outputs: it names those inputs that it uses. */
function withArguments(body: Nix, inputs: readonly string[]): Nix {
  const needed = neededBy(body);
  const known = new Set([...inputs, "inputs", "self"]);
  // Nix would look for an input of that name in its registry.
  const unknown = needed.filter((name) => !known.has(name));
  if (unknown.length > 0) throw unknownInputs(unknown, inputs);
  const others = needed.filter((name) => name !== "inputs" && name !== "self");
  const args = needed.includes("self") ? ["self", ...others] : others;
  return fn(
    needed.includes("inputs")
      ? { args: [...args, "..."], as: "inputs", asSide: "after" }
      : [...args, "..."],
    body,
  );
}
