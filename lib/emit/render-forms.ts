import type { Config } from "../schema/config-types.ts";
import type { OutputFields, OutputKind } from "../schema/output-types.ts";
import {
  emitBridgeModule,
  emitContainer,
  emitExtraContainer,
  emitFlake,
  emitFlakeModule,
  emitNixosModule,
  emitOverlay,
  emitPackages,
} from "./forms.ts";
import { render } from "./render.ts";

/** The fields of an output, with the names that a configuration has. */
type Fields<K extends OutputKind, Names, SandboxName extends string> = OutputFields<
  keyof NoInfer<Names> & string,
  NoInfer<SandboxName>
>[K];

/**
 * The file of a package set for `pkgs.callPackages ./packages.nix { }`, with the wrappers of all templates or of some. An
 * agent of a template other than "default" has that one's name before its own: `review-claude`.
 *
 * @throws ForageError `definition` when two packages come to one name, or the configuration lacks a template
 * @example
 * process.stdout.write(renderPackages(config, { templates: ["default"] }));
 */
export function renderPackages<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"packages", Names, SandboxName>,
): string {
  return render(emitPackages(config as unknown as Config, fields));
}

/**
 * The file of an overlay with the same packages, as `pkgs.forage.claude` and so on.
 *
 * @throws ForageError `definition` when two packages come to one name, or the configuration lacks a template
 * @example
 * process.stdout.write(renderOverlay(config));
 */
export function renderOverlay<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"overlay", Names, SandboxName>,
): string {
  return render(emitOverlay(config as unknown as Config, fields));
}

/**
 * The file of a NixOS module with one sandbox's `containers.<name>`, and nothing that brings its secrets to
 * `/run/forage-secrets/<name>`.
 *
 * @throws ForageError `definition` when the configuration lacks the sandbox
 * @example
 * process.stdout.write(renderContainer(config, { sandbox: "alice" }));
 */
export function renderContainer<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields: Fields<"container", Names, SandboxName>,
): string {
  return render(emitContainer(config as unknown as Config, fields));
}

/**
 * The file of a NixOS module for a host: the sandboxes' containers, and for each a unit that copies its secrets before it
 * starts and removes them when it stops.
 *
 * @throws ForageError `definition` when the configuration lacks a sandbox
 * @example
 * process.stdout.write(renderNixosModule(config, { externalInterface: "eth0" }));
 */
export function renderNixosModule<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"nixos-module", Names, SandboxName>,
): string {
  return render(emitNixosModule(config as unknown as Config, fields));
}

/**
 * The file of a NixOS module for a host with the bridge alone, for sandboxes that are made by other means, such as `forage
 * up`. A host's module with sandboxes that ask the bridge has it already.
 *
 * @throws ForageError `definition` when the configuration lacks a sandbox
 * @example
 * process.stdout.write(renderBridgeModule(config));
 */
export function renderBridgeModule<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"bridge-module", Names, SandboxName>,
): string {
  return render(emitBridgeModule(config as unknown as Config, fields));
}

/**
 * The same for `extra-container create ./sandboxes.nix`, where the container's own unit copies the secrets.
 *
 * @throws ForageError `definition` when the configuration lacks a sandbox, or a secret's path is one of a NixOS configuration
 * @example
 * process.stdout.write(renderExtraContainer(config));
 */
export function renderExtraContainer<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"extra-container", Names, SandboxName>,
): string {
  return render(emitExtraContainer(config as unknown as Config, fields));
}

/**
 * The file of a flake-parts module: `flake.nixosModules.sandboxes` is a host's module, `flake.nixosModules.template-<name>` a
 * template's, and each wrapper is a package.
 *
 * @throws ForageError `definition` when two packages come to one name, or the configuration lacks a template or sandbox
 * @example
 * process.stdout.write(renderFlakeModule(config));
 */
export function renderFlakeModule<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"flake-module", Names, SandboxName>,
): string {
  return render(emitFlakeModule(config as unknown as Config, fields));
}

/**
 * A whole `flake.nix`, with the same modules and packages, and the overlay.
 *
 * @throws ForageError `definition` when two packages come to one name, or the configuration lacks a template or sandbox
 * @example
 * process.stdout.write(renderFlake(config, { inputs: { nixpkgs: "github:NixOS/nixpkgs/nixos-25.11" } }));
 */
export function renderFlake<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  fields?: Fields<"flake", Names, SandboxName>,
): string {
  return render(emitFlake(config as unknown as Config, fields));
}
