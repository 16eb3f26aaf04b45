import type { OutputKind } from "../../schema/output-types.ts";

/** What is around a new configuration. */
export type Flake = "none" | "plain" | "flake-parts";

interface FormFacts {
  readonly title: string;
  readonly hint: string;
  /** The output's file. */
  readonly file: string;
  /** What it is, and where it is wanted. */
  readonly use: (file: string, flake: Flake) => readonly [what: string, where: string];
}

export type Form = Extract<OutputKind, "nixos-module" | "flake-module" | "flake" | "wrappers">;

/** The outputs that a new configuration can have. */
export const FORMS: { readonly [F in Form]: FormFacts } = {
  "nixos-module": {
    title: "NixOS module",
    hint: "for a host's configuration",
    file: "sandboxes.nix",
    use: (file, flake) => [
      "A NixOS module.",
      flake === "none"
        ? `In the host's configuration.nix: imports = [ ./${file} ];`
        : `In flake.nix, among the host's modules: ./${file}`,
    ],
  },
  "flake-module": {
    title: "flake-parts module",
    hint: "for a flake that is made of parts",
    file: "flake-module.nix",
    use: (file) => [
      "A flake-parts module, which gives nixosModules.sandboxes for the host.",
      `In flake.nix, in mkFlake: imports = [ ./${file} ];`,
    ],
  },
  flake: {
    title: "whole flake",
    hint: "for other flakes to take as an input",
    file: "flake.nix",
    use: () => [
      "A whole flake.",
      "A host's flake takes it as an input, and nixosModules.sandboxes of it",
    ],
  },
  wrappers: {
    title: "wrappers only",
    hint: "as packages, without sandboxes",
    file: "wrappers.nix",
    use: (file) => [
      "The agents' wrappers alone, without sandboxes.",
      `As a set of packages: import ./${file} { inherit pkgs lib; }`,
    ],
  },
};

export const FORM_NAMES: readonly Form[] = Object.keys(FORMS) as Form[];
