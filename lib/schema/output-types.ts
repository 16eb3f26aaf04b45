/** Which templates or sandboxes a rendering is of. */
interface OfTemplates<T extends string> {
  /** @default all of them */
  readonly templates?: readonly T[] | undefined;
}

interface OfSandboxes<S extends string> {
  /** @default all of them */
  readonly sandboxes?: readonly S[] | undefined;
}

interface OfTemplate<T extends string> {
  /** @default the only one, or the one called "default" */
  readonly template?: T | undefined;
}

interface OnHost {
  /** The host's interface to the internet, for the sandboxes to share (`networking.nat`) @default none: the host sees to that */
  readonly externalInterface?: string | undefined;
}

interface OnWan {
  /** Whether the sandboxes share the host's way to the internet (extra-container's `extra.enableWAN`) @default false */
  readonly enableWAN?: boolean | undefined;
}

/** An input of a flake: its URL, or that with more. */
export type FlakeInput =
  | string
  | {
      readonly url: string;
      /**
       * The input's own inputs, each with what it follows: an input of this flake, an input of one such as
       * `"home-manager/nixpkgs"`, or `""` for none @default {}
       */
      readonly follows?: { readonly [input: string]: string } | undefined;
      /** Whether it is a flake, and no plain source @default true */
      readonly flake?: boolean | undefined;
    };

interface FlakeFields {
  /** @default "Coding agents for NixOS" */
  readonly description?: string | undefined;
  /** Beside nixpkgs, or instead of its default @default { nixpkgs: "github:NixOS/nixpkgs/nixos-unstable" } */
  readonly inputs?: { readonly [name: string]: FlakeInput } | undefined;
  /** @default ["aarch64-linux", "x86_64-linux"] */
  readonly systems?: readonly string[] | undefined;
}

/** What an output's `kind` may be, with the fields that go with it. */
export interface OutputFields<T extends string = string, S extends string = string> {
  /** One agent's wrapper: `{ pkgs, lib, ... }: pkgs.writeShellScriptBin …` */
  readonly wrapper: OfTemplate<T> & { readonly agent: string };
  /** A template's wrappers, as a set: `{ pkgs, lib, ... }: { claude = …; }` */
  readonly wrappers: OfTemplate<T> & { readonly agents?: readonly string[] | undefined };
  /** The wrappers as a package set for `callPackages`: `{ lib, writeShellScriptBin, claude-code }: { claude = …; }` */
  readonly packages: OfTemplates<T>;
  /** The same as an overlay: `final: _prev: { forage = { claude = …; }; }` */
  readonly overlay: OfTemplates<T>;
  /** A NixOS module with what a template puts into a sandbox: wrappers, user, packages. */
  readonly template: OfTemplate<T>;
  /** A NixOS module with one sandbox's `containers.<name>`, for who provides the secrets by other means. */
  readonly container: { readonly sandbox: S };
  /** A NixOS module for a host: the sandboxes' containers, and their secrets or the bridge that has those. */
  readonly "nixos-module": OfSandboxes<S> & OnHost;
  /** The same for the tool extra-container, without the bridge. */
  readonly "extra-container": OfSandboxes<S> & OnWan;
  /** A NixOS module for a host with the bridge alone, for sandboxes that are made by other means. */
  readonly "bridge-module": OfSandboxes<S>;
  /** A flake-parts module: the NixOS modules, and the wrappers as packages. */
  readonly "flake-module": OfTemplates<T> & OfSandboxes<S> & OnHost;
  /** A whole flake.nix: the NixOS modules, the overlay, and the wrappers as packages. */
  readonly flake: OfTemplates<T> & OfSandboxes<S> & OnHost & FlakeFields;
}

export type OutputKind = keyof OutputFields;

/** An output with its fields. */
export type Output<
  T extends string = string,
  S extends string = string,
  K extends OutputKind = OutputKind,
> = { readonly [Kind in K]: { readonly kind: Kind } & OutputFields<T, S>[Kind] }[K];

/** The kinds that need no field. */
type PlainKind = Exclude<OutputKind, "wrapper" | "container">;

/** What a configuration's `outputs` takes for a file: a kind, or that with its fields. */
export type OutputInput<T extends string = string, S extends string = string> =
  | PlainKind
  | Output<T, S>;

/** Validated outputs, by their files. */
export interface Outputs<T extends string = string, S extends string = string> {
  readonly [file: string]: Output<T, S>;
}
