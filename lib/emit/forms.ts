import { ForageError } from "../error.ts";
import { attrs, bind, letIn } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import type { OutputFields } from "../schema/output-types.ts";
import type { Template } from "../schema/types.ts";
import {
  checkedConfig,
  checkedTemplate,
  chooseSandboxes,
  chooseTemplates,
  sandboxOf,
  templateOf,
} from "./choose.ts";
import { container } from "./container.ts";
import { flake } from "./flake.ts";
import { type FlakeParts, flakeModule } from "./flake-parts.ts";
import { type Host, hostWithTemplates, templatesOf } from "./host.ts";
import { overlay, packageFunction } from "./packages.ts";
import { fnOfNeeded, innerModule, neededBy } from "./parameters.ts";
import { secretFilesOf } from "./secrets.ts";
import { spaced, templateModule } from "./template.ts";
import { shareExport, wrapper } from "./wrapper.ts";

/** A package set for `callPackages`: the wrappers of templates. */
export function emitPackages(config: Config, fields: OutputFields["packages"] = {}): Nix {
  return packageFunction(chooseTemplates(checkedConfig(config), fields.templates));
}

/** An overlay with the same packages, as `forage`. */
export function emitOverlay(config: Config, fields: OutputFields["overlay"] = {}): Nix {
  return overlay(chooseTemplates(checkedConfig(config), fields.templates));
}

/** A NixOS module with what a template puts into a sandbox. */
export function emitTemplate(template: Template): Nix {
  const value = checkedTemplate(template);
  const { entries, wrappers } = listedWrappers(value);
  return fnOfNeeded(within(entries, templateModule(value, { wrappers })));
}

/** A NixOS module with one sandbox's container, and nothing that brings its secrets. */
export function emitContainer(config: Config, { sandbox: name }: OutputFields["container"]): Nix {
  const sandbox = sandboxOf(checkedConfig(config), name);
  const template = templateOf(config, sandbox.template);
  const { entries, wrappers } = listedWrappers(template);
  const place = { wrappers, name: `containers.${name}.config` };
  const module = innerModule(templateModule(template, place));
  const containers = bind(["containers", name], container(name, sandbox, template, module));
  const members = spaced([[bind("_class", "nixos")], [containers]]);
  return fnOfNeeded(within(entries, attrs(members)));
}

/** A NixOS module for a host: the sandboxes' containers, and units that bring their secrets. */
export function emitNixosModule(config: Config, fields: OutputFields["nixos-module"] = {}): Nix {
  return fnOfNeeded(hostWithTemplates(hostOf(config, fields)));
}

/**
 * The same for extra-container, which evaluates it by itself.
 *
 * @throws ForageError `definition` when a secret's path comes from the host's configuration
 */
export function emitExtraContainer(
  config: Config,
  fields: OutputFields["extra-container"] = {},
): Nix {
  const host: Host = { ...hostOf(config, fields), secrets: "hooks" };
  checkSecretsStandAlone(host);
  return fnOfNeeded(hostWithTemplates(host));
}

/** A flake-parts module: NixOS modules, and the wrappers as packages. */
export function emitFlakeModule(config: Config, fields: OutputFields["flake-module"] = {}): Nix {
  return fnOfNeeded(flakeModule(flakeParts(config, fields)));
}

/** A whole flake: NixOS modules, an overlay, and the wrappers as packages. */
export function emitFlake(config: Config, fields: OutputFields["flake"] = {}): Nix {
  return flake(flakeParts(config, fields), fields);
}

function hostOf(
  config: Config,
  { sandboxes, externalInterface }: OutputFields["nixos-module"],
): Host {
  return {
    config: checkedConfig(config),
    sandboxes: chooseSandboxes(config, sandboxes),
    secrets: "unit",
    externalInterface,
  };
}

function flakeParts(config: Config, fields: OutputFields["flake-module"]): FlakeParts {
  return {
    host: hostOf(config, fields),
    templates: chooseTemplates(config, fields.templates),
  };
}

function listedWrappers(template: Template): {
  readonly entries: readonly NixEntry[];
  readonly wrappers: readonly Nix[];
} {
  const { entries, exportSecret } = shareExport(Object.values(template.agents));
  const names = Object.keys(template.agents);
  return { entries, wrappers: names.map((name) => wrapper(template, name, exportSecret)) };
}

function within(entries: readonly NixEntry[], body: Nix): Nix {
  return entries.length > 0 ? letIn(entries, body) : body;
}

function checkSecretsStandAlone(host: Host): void {
  const wrong = templatesOf(host)
    .flatMap(({ value }) => [...secretFilesOf(host.config, value)])
    .filter(([, file]) => typeof file !== "string" && neededBy(file).includes("config"));
  const names = new Set(wrong.map(([name]) => name));
  if (names.size === 0) return;
  throw new ForageError(
    "definition",
    [...names].map((name) => ({
      path: ["secrets", name],
      message: "its path comes from a NixOS configuration, and extra-container evaluates none",
      hint: 'write the path as text, such as "/run/secrets/anthropic-api-key"',
    })),
  );
}
