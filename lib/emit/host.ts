import { apply, attrs, bind, comment, ref } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Addresses } from "../schema/addresses.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import type { Template } from "../schema/types.ts";
import { addressesOf } from "./addresses.ts";
import { type BridgePlace, bridgeModule } from "./bridge-module.ts";
import { chooseTemplates, type Named, templateOf } from "./choose.ts";
import { container } from "./container.ts";
import { innerModule } from "./parameters.ts";
import { gitCredentialsOf } from "./relay.ts";
import { type SecretFiles, secretsHooks, secretsUnit } from "./secrets.ts";
import { fileOf, spaced, templateModule } from "./template.ts";
import { allAgents, type SharedExport, shareExport, within, wrapperList } from "./wrapper.ts";

/** What a host's module is made of. */
export interface Host {
  readonly config: Config;
  readonly sandboxes: readonly Named<Sandbox>[];
  /** The files of the secrets of each template that has any, by its name. */
  readonly secretFiles: ReadonlyMap<string, SecretFiles>;
  /** How the secrets come and go: in a unit of their own, or with the container's. */
  readonly secrets: "unit" | "hooks";
  readonly externalInterface?: string | undefined;
  readonly enableWAN?: boolean | undefined;
  /** The bridge, where a module of the host has it. */
  readonly bridge?: BridgePlace | undefined;
}

/** The templates that sandboxes are made from, each once, in the configuration's order. */
export function templatesOf({ config, sandboxes }: Host): readonly Named<Template>[] {
  return chooseTemplates(
    config,
    sandboxes.map(({ value }) => value.template),
  );
}

/** A host's module with everything that it needs in a `let` around it. */
export function hostWithTemplates(host: Host): Nix {
  const templates = templatesOf(host);
  const shared = shareExport(allAgents(...templates.map(({ value }) => value)));
  const sections = [
    shared.entries,
    ...templateBindings(host.config, templates, shared),
    secretsBinding(host),
    bridgeBinding(host),
  ];
  return within(spaced(sections), hostModule(host));
}

/** `templates.<name> = …;` in a `let`, each template a module with its wrappers. */
export function templateBindings(
  config: Config,
  templates: readonly Named<Template>[],
  wrappers: SharedExport | ((name: string) => Nix),
): NixEntry[][] {
  return templates.map(({ name, value }) => {
    const module = templateModule(value, {
      name: `templates.${name}`,
      git: gitCredentialsOf(config, value),
      wrappers:
        typeof wrappers === "function" ? wrappers(name) : wrapperList(value, wrappers.exportSecret),
    });
    const remark = value.description === undefined ? [] : [comment(value.description)];
    return [...remark, bind(["templates", name], innerModule(module))];
  });
}

/** What a `let` around a host's module needs for its sandboxes' secrets. */
export function secretsBinding(host: Host): NixEntry[] {
  const { secretFiles, secrets } = host;
  if (secretFiles.size === 0) return [];
  const files = [...secretFiles.values()].flatMap((all) => [...all.values()]);
  const isKnown = files.every((file) => typeof file === "string");
  const remark =
    "A sandbox's copies of its secrets: made before its container starts, gone when that stops.";
  return secrets === "unit"
    ? [comment(remark), bind("secretsUnit", secretsUnit(isKnown))]
    : [comment(remark), bind("secretsHooks", secretsHooks(isKnown))];
}

/** The bridge's module in a `let` around a host's, where any sandbox has one. */
export function bridgeBinding({ bridge }: Host): NixEntry[] {
  if (bridge === undefined) return [];
  const remark = "The bridge, which has the secrets in the place of the sandboxes that ask it.";
  return [
    comment(remark),
    bind("bridge", innerModule(bridgeModule({ ...bridge, file: fileOf("bridge") }))),
  ];
}

/** A module with the sandboxes' containers and their secrets, where `templates` and the like are in scope. */
export function hostModule(host: Host, file?: Nix): Nix {
  const { config, sandboxes, secretFiles, enableWAN, bridge } = host;
  const addresses = addressesOf(config);
  const containers = sandboxes.map(({ name, value: sandbox }) => {
    const template = templateOf(config, sandbox.template);
    const module = ref("templates", sandbox.template);
    return [
      bind(
        ["containers", name],
        container({
          name,
          sandbox,
          template,
          hasSecrets: secretFiles.has(sandbox.template),
          addresses: addresses.get(name),
          module,
          enableWAN,
        }),
      ),
    ];
  });
  const secrets = sandboxes.flatMap((sandbox) => secretsService(host, sandbox));
  return attrs(
    spaced([
      [bind("_class", "nixos"), ...(file === undefined ? [] : [bind("_file", file)])],
      bridge === undefined ? [] : [bind("imports", [ref("bridge")])],
      ...containers,
      secrets,
      nat(host, addresses),
    ]),
  );
}

function secretsService(host: Host, { name, value }: Named<Sandbox>): NixEntry[] {
  const files = host.secretFiles.get(value.template);
  if (files === undefined) return [];
  const { uid } = templateOf(host.config, value.template).user;
  const [service, from] =
    host.secrets === "unit"
      ? [`forage-secrets-${name}`, ref("secretsUnit")]
      : [`container@${name}`, ref("secretsHooks")];
  return [bind(["systemd", "services", service], apply(from, name, uid, files))];
}

/** The way from the sandboxes' links to the internet. */
function nat(
  { sandboxes, externalInterface }: Host,
  linkEnds: ReadonlyMap<string, Addresses>,
): NixEntry[] {
  const linked = sandboxes.filter(({ name }) => linkEnds.has(name));
  if (externalInterface === undefined || linked.length === 0) return [];
  return [
    bind(["networking", "nat"], {
      enable: true,
      externalInterface,
      internalInterfaces: linked.map(({ name }) => `ve-${name}`),
    }),
  ];
}
