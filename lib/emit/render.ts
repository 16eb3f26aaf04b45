import { printNix } from "../nix/print.ts";
import type { Nix } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import type { Template } from "../schema/types.ts";
import { emitTemplate } from "./forms.ts";
import { HEADER } from "./header.ts";
import { fnOfPackages } from "./parameters.ts";
import { emitWrapper, emitWrappers } from "./wrapper.ts";

/**
 * The file of one agent's wrapper, `{ pkgs, lib, ... }: pkgs.writeShellScriptBin …`, for `import ./claude.nix { inherit
 * pkgs lib; }`.
 *
 * @throws ForageError `definition` when the template has no such agent, or is not one that `defineTemplate` made
 * @example
 * process.stdout.write(renderWrapper(config.templates.default, "claude"));
 */
export function renderWrapper<Name extends string>(
  template: Template<Name>,
  name: NoInfer<Name>,
): string {
  return render(fnOfPackages(emitWrapper(template, name)));
}

/**
 * The file of a package set with the wrappers of a template's agents: `{ pkgs, lib, ... }: { claude = …; aider = …; }`.
 *
 * @param names only these agents, in this order @default every agent, in the template's order
 * @throws ForageError `definition` when the template lacks an agent, or is not one that `defineTemplate` made
 * @example
 * process.stdout.write(renderWrappers(config.templates.default));
 */
export function renderWrappers<Name extends string>(
  template: Template<Name>,
  names?: readonly NoInfer<Name>[],
): string {
  return render(fnOfPackages(emitWrappers(template, names)));
}

/**
 * The file of a NixOS module with what a template puts into a sandbox: wrappers, packages, the agents' user. It is for a
 * system that is made by other means than the sandboxes' containers.
 *
 * @param config what it belongs to, which says which of its bridge's credentials are for git
 * @throws ForageError `definition` when the template is not one that `defineTemplate` made
 * @example
 * process.stdout.write(renderTemplate(config.templates.default));
 */
export function renderTemplate<Names, SandboxName extends string>(
  template: Template,
  config?: Config<string, Names, SandboxName>,
): string {
  return render(emitTemplate(template, config as unknown as Config | undefined));
}

/** A whole file's text, under a header that says where it comes from. */
export function render(expression: Nix, header: string = HEADER): string {
  return printNix(expression, { header });
}
