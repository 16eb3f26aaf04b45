import { ForageError } from "../error.ts";
import { attrs, bind } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import type { OutputFields, OutputKind } from "../schema/output-types.ts";
import { outputSchema } from "../schema/outputs.ts";
import type { Template } from "../schema/types.ts";
import { validate } from "../schema/validate.ts";
import { addressesOf } from "./addresses.ts";
import { bridgeModule } from "./bridge-module.ts";
import { bridgedSandboxes } from "./bridge-setup.ts";
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
import { type Host, hostWithTemplates } from "./host.ts";
import { overlay, packageFunction } from "./packages.ts";
import { fnOfNeeded, innerModule, neededBy, neededOfModule } from "./parameters.ts";
import { gitCredentialsOf } from "./relay.ts";
import { type SecretFiles, secretFilesOf, secretNamesOf } from "./secrets.ts";
import { spaced, templateModule } from "./template.ts";
import { allAgents, shareExport, within, wrapperList } from "./wrapper.ts";

/** A package set for `callPackages`: the wrappers of templates. */
export function emitPackages(config: Config, given: OutputFields["packages"] = {}): Nix {
  const { templates } = checkedFields("packages", given);
  return packageFunction(standingAlone(config, templates));
}

/** An overlay with the same packages, as `forage`. */
export function emitOverlay(config: Config, given: OutputFields["overlay"] = {}): Nix {
  const { templates } = checkedFields("overlay", given);
  return overlay(standingAlone(config, templates));
}

/**
 * A NixOS module with what a template puts into a sandbox.
 *
 * @param config what it belongs to, which says which of its bridge's credentials are for git
 */
export function emitTemplate(template: Template, config?: Config): Nix {
  const value = checkedTemplate(template);
  const git = config === undefined ? [] : gitCredentialsOf(checkedConfig(config), value);
  const { entries, wrappers } = listedWrappers(value);
  return fnOfNeeded(within(entries, templateModule(value, { wrappers, git })));
}

/** A NixOS module with one sandbox's container, and nothing that brings its secrets. */
export function emitContainer(config: Config, given: OutputFields["container"]): Nix {
  const { sandbox: name } = checkedFields("container", given);
  const sandbox = sandboxOf(checkedConfig(config), name);
  const template = templateOf(config, sandbox.template);
  const { entries, wrappers } = listedWrappers(template);
  const git = gitCredentialsOf(config, template);
  const place = { wrappers, git, name: `containers.${name}.config` };
  const module = innerModule(templateModule(template, place));
  const addresses = addressesOf(config).get(name);
  const hasSecrets = secretNamesOf(template).length > 0;
  const parts = { name, sandbox, template, hasSecrets, addresses, module };
  const containers = bind(["containers", name], container(parts));
  const members = spaced([[bind("_class", "nixos")], [containers]]);
  return fnOfNeeded(within(entries, attrs(members)));
}

/** Where a configuration is that its file lies beside. */
const HERE = ".";

/**
 * A NixOS module for a host: the sandboxes' containers, and units that bring their secrets, or the bridge that has those.
 *
 * @param directory the configuration's directory, from that of the file
 */
export function emitNixosModule(
  config: Config,
  given: OutputFields["nixos-module"] = {},
  directory: string = HERE,
): Nix {
  const fields = checkedFields("nixos-module", given);
  return fnOfNeeded(hostWithTemplates(hostWithBridge(config, fields, directory)));
}

/** A NixOS module for a host with the bridge alone. */
export function emitBridgeModule(
  config: Config,
  given: OutputFields["bridge-module"] = {},
  directory: string = HERE,
): Nix {
  const { sandboxes } = checkedFields("bridge-module", given);
  return fnOfNeeded(bridgeModule({ config: checkedConfig(config), sandboxes, directory }));
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
export function emitFlakeModule(
  config: Config,
  given: OutputFields["flake-module"] = {},
  directory: string = HERE,
): Nix {
  const fields = checkedFields("flake-module", given);
  return fnOfNeeded(flakeModule(flakeParts(config, fields, directory)));
}

/**
 * A whole flake: NixOS modules, an overlay, and the wrappers as packages.
 *
 * @throws ForageError `definition` also when an expression needs what is no input of the flake
 */
export function emitFlake(
  config: Config,
  given: OutputFields["flake"] = {},
  directory: string = HERE,
): Nix {
  const fields = checkedFields("flake", given);
  return flake(flakeParts(config, fields, directory), fields);
}

/** @throws ForageError `definition` when a form has no such fields */
function checkedFields<K extends OutputKind>(kind: K, fields: OutputFields[K]): OutputFields[K] {
  return validate(outputSchema, () => [], { ...fields, kind }) as unknown as OutputFields[K];
}

function hostOf(
  config: Config,
  { sandboxes, externalInterface }: OutputFields["nixos-module"],
): Host {
  const chosen = chooseSandboxes(checkedConfig(config), sandboxes);
  return {
    config,
    sandboxes: chosen,
    secretFiles: secretFilesByTemplate(config, chosen),
    secrets: "unit",
    externalInterface,
  };
}

/** The same with the bridge, where any of its sandboxes asks one. */
function hostWithBridge(
  config: Config,
  fields: OutputFields["nixos-module"],
  directory: string,
): Host {
  const host = hostOf(config, fields);
  const { sandboxes } = fields;
  const isUsed = bridgedSandboxes(config, sandboxes).length > 0;
  return isUsed ? { ...host, bridge: { config, sandboxes, directory } } : host;
}

function flakeParts(
  config: Config,
  fields: OutputFields["flake-module"],
  directory: string,
): FlakeParts {
  const host = hostWithBridge(config, fields, directory);
  const parts = { host, templates: chooseTemplates(config, fields.templates) };
  checkStandAlone(allTemplates(parts));
  return parts;
}

/** Templates whose wrappers are to stand outside of a module. */
function standingAlone(
  config: Config,
  names: readonly string[] | undefined,
): readonly Named<Template>[] {
  const templates = chooseTemplates(checkedConfig(config), names);
  checkStandAlone(templates);
  return templates;
}

/** @throws ForageError `definition` for each package of an agent that needs what only a module has */
function checkStandAlone(templates: readonly Named<Template>[]): void {
  const wrong = templates.flatMap(({ name, value }) =>
    Object.entries(value.agents).flatMap(([agent, { package: from }]) => {
      const needed = neededOfModule(from);
      if (needed === undefined) return [];
      return {
        path: ["templates", name, "agents", agent, "package"],
        message: `it needs ${needed}, which only a module has: this form has wrappers outside of one`,
        hint: 'render a "nixos-module", or take the package from pkgs or inputs',
      };
    }),
  );
  if (wrong.length > 0) throw new ForageError("definition", wrong);
}

function listedWrappers(template: Template): {
  readonly entries: readonly NixEntry[];
  readonly wrappers: readonly Nix[];
} {
  const { entries, exportSecret } = shareExport(allAgents(template));
  return { entries, wrappers: wrapperList(template, exportSecret) };
}

function secretFilesByTemplate(
  config: Config,
  sandboxes: readonly Named<Sandbox>[],
): ReadonlyMap<string, SecretFiles> {
  const names = sandboxes.map(({ value }) => value.template);
  const files = chooseTemplates(config, names).map(
    ({ name, value }) => [name, secretFilesOf(config, value)] as const,
  );
  return new Map(files.filter(([, own]) => own.size > 0));
}

function checkSecretsStandAlone({ secretFiles }: Host): void {
  const wrong = [...secretFiles.values()]
    .flatMap((files) => [...files])
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
