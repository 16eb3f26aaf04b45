import { ForageError } from "../error.ts";
import { attrs, bind, letIn } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import type { OutputFields, OutputKind } from "../schema/output-types.ts";
import { outputSchema } from "../schema/outputs.ts";
import type { Template } from "../schema/types.ts";
import { validate } from "../schema/validate.ts";
import { addressesOf } from "./addresses.ts";
import {
  checkedConfig,
  checkedTemplate,
  chooseSandboxes,
  chooseTemplates,
  type Named,
  sandboxOf,
  templateOf,
} from "./choose.ts";
import { container } from "./container.ts";
import { flake } from "./flake.ts";
import { allTemplates, type FlakeParts, flakeModule } from "./flake-parts.ts";
import { type Host, hostWithTemplates, templatesOf } from "./host.ts";
import { overlay, packageFunction } from "./packages.ts";
import { fnOfNeeded, innerModule, neededBy } from "./parameters.ts";
import { secretFilesOf } from "./secrets.ts";
import { spaced, templateModule } from "./template.ts";
import { shareExport, wrapper } from "./wrapper.ts";

/** A package set for `callPackages`: the wrappers of templates. */
export function emitPackages(config: Config, given: OutputFields["packages"] = {}): Nix {
  const { templates } = checkedFields("packages", given);
  return packageFunction(standAlone(chooseTemplates(checkedConfig(config), templates)));
}

/** An overlay with the same packages, as `forage`. */
export function emitOverlay(config: Config, given: OutputFields["overlay"] = {}): Nix {
  const { templates } = checkedFields("overlay", given);
  return overlay(standAlone(chooseTemplates(checkedConfig(config), templates)));
}

/** A NixOS module with what a template puts into a sandbox. */
export function emitTemplate(template: Template): Nix {
  const value = checkedTemplate(template);
  const { entries, wrappers } = listedWrappers(value);
  return fnOfNeeded(within(entries, templateModule(value, { wrappers })));
}

/** A NixOS module with one sandbox's container, and nothing that brings its secrets. */
export function emitContainer(config: Config, given: OutputFields["container"]): Nix {
  const { sandbox: name } = checkedFields("container", given);
  const sandbox = sandboxOf(checkedConfig(config), name);
  const template = templateOf(config, sandbox.template);
  const { entries, wrappers } = listedWrappers(template);
  const place = { wrappers, name: `containers.${name}.config` };
  const module = innerModule(templateModule(template, place));
  const addresses = addressesOf(config).get(name);
  const parts = { name, sandbox, template, addresses, module };
  const containers = bind(["containers", name], container(parts));
  const members = spaced([[bind("_class", "nixos")], [containers]]);
  return fnOfNeeded(within(entries, attrs(members)));
}

/** A NixOS module for a host: the sandboxes' containers, and units that bring their secrets. */
export function emitNixosModule(config: Config, given: OutputFields["nixos-module"] = {}): Nix {
  const fields = checkedFields("nixos-module", given);
  return fnOfNeeded(hostWithTemplates(hostOf(config, fields)));
}

/**
 * The same for extra-container, which evaluates it by itself.
 *
 * @throws ForageError `definition` when a secret's path comes from the host's configuration
 */
export function emitExtraContainer(
  config: Config,
  given: OutputFields["extra-container"] = {},
): Nix {
  const { sandboxes, enableWAN } = checkedFields("extra-container", given);
  const host: Host = { ...hostOf(config, { sandboxes }), secrets: "hooks", enableWAN };
  checkSecretsStandAlone(host);
  return fnOfNeeded(hostWithTemplates(host));
}

/** A flake-parts module: NixOS modules, and the wrappers as packages. */
export function emitFlakeModule(config: Config, given: OutputFields["flake-module"] = {}): Nix {
  const fields = checkedFields("flake-module", given);
  return fnOfNeeded(flakeModule(flakeParts(config, fields)));
}

/**
 * A whole flake: NixOS modules, an overlay, and the wrappers as packages.
 *
 * @throws ForageError `definition` also when an expression needs what is no input of the flake
 */
export function emitFlake(config: Config, given: OutputFields["flake"] = {}): Nix {
  const fields = checkedFields("flake", given);
  return flake(flakeParts(config, fields), fields);
}

/** @throws ForageError `definition` when a form has no such fields */
function checkedFields<K extends OutputKind>(kind: K, fields: OutputFields[K]): OutputFields[K] {
  return validate(outputSchema, () => [], { ...fields, kind }) as unknown as OutputFields[K];
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
  const host = hostOf(config, fields);
  const parts = { host, templates: chooseTemplates(config, fields.templates) };
  standAlone(allTemplates(parts));
  return parts;
}

/** What the module system gives to modules alone. */
const OF_MODULES: ReadonlySet<string> = new Set(["config", "options", "modulesPath"]);

/**
 * Templates whose wrappers can stand outside of a module.
 *
 * @throws ForageError `definition` for each package that needs what only a module has
 */
function standAlone(templates: readonly Named<Template>[]): readonly Named<Template>[] {
  const wrong = templates.flatMap(({ name, value }) =>
    Object.entries(value.agents).flatMap(([agent, { package: from }]) => {
      const needed = neededBy(from).find((variable) => OF_MODULES.has(variable));
      if (needed === undefined) return [];
      return {
        path: ["templates", name, "agents", agent, "package"],
        message: `it needs ${needed}, which only a module has: this form has wrappers outside of one`,
        hint: 'render a "nixos-module", or take the package from pkgs or inputs',
      };
    }),
  );
  if (wrong.length > 0) throw new ForageError("definition", wrong);
  return templates;
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
