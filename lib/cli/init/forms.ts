import { posix } from "node:path";
import type { OutputKind } from "../../schema/output-types.ts";

/** The flake that a new configuration is in, if any. */
export interface Flake {
  readonly kind: "none" | "plain" | "flake-parts";
  /** Its file's path from the configuration's directory. */
  readonly file: string;
  /** The configuration's directory, from the flake's. */
  readonly here: string;
}

export const NO_FLAKE: Flake = { kind: "none", file: "flake.nix", here: "" };

interface FormFacts {
  readonly title: string;
  readonly hint: string;
  /** The output's file. */
  readonly file: string;
  /** Whether sandboxes are rendered. */
  readonly hasSandboxes: boolean;
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
    hasSandboxes: true,
    use: (file, flake) => [
      "A NixOS module.",
      flake.kind === "none"
        ? `In the host's configuration.nix: imports = [ ${nixPath(file, flake)} ];`
        : `In ${oneLine(flake.file)}, among the host's modules: ${nixPath(file, flake)}`,
    ],
  },
  "flake-module": {
    title: "flake-parts module",
    hint: "for a flake that is made of parts",
    file: "flake-module.nix",
    hasSandboxes: true,
    use: (file, flake) => [
      "A flake-parts module, which gives nixosModules.sandboxes for the host.",
      `In ${oneLine(flake.file)}, in mkFlake: imports = [ ${nixPath(file, flake)} ];`,
    ],
  },
  flake: {
    title: "whole flake",
    hint: "for other flakes to take as an input",
    file: "flake.nix",
    hasSandboxes: true,
    use: () => [
      "A whole flake.",
      "A host's flake takes it as an input, and nixosModules.sandboxes of it",
    ],
  },
  wrappers: {
    title: "wrappers only",
    hint: "as packages, without sandboxes",
    file: "wrappers.nix",
    hasSandboxes: false,
    use: (file, flake) => [
      "The agents' wrappers alone, without sandboxes.",
      `As a set of packages: import ${nixPath(file, flake)} { inherit pkgs lib; }`,
    ],
  },
};

export const FORM_NAMES: readonly Form[] = Object.keys(FORMS) as Form[];

/** A file as Nix code beside the flake names it. */
function nixPath(file: string, { here }: Flake): string {
  const path = oneLine(posix.join(here, file));
  // No path in Nix can have a space in it, for one, and a directory's name can.
  return /^[\w.+/-]+$/.test(path) ? `./${path}` : `(./. + ${JSON.stringify(`/${path}`)})`;
}

/** What a comment can hold of a path: a line break in a directory's name would end it. */
function oneLine(path: string): string {
  return path.replace(/[\p{Cc}\p{Zl}\p{Zp}\\]/gu, "?");
}
