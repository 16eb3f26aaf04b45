import { apply, attrs, bind, comment, letIn, ref } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import type { Template } from "../schema/types.ts";
import { addressesOf } from "./addresses.ts";
import { type Named, templateOf } from "./choose.ts";
import { container } from "./container.ts";
import { innerModule } from "./parameters.ts";
import { secretFilesOf, secretsHooks, secretsUnit } from "./secrets.ts";
import { spaced, templateModule } from "./template.ts";
import { type SharedExport, shareExport, wrapper } from "./wrapper.ts";

/** What a host's module is made of. */
export interface Host {
  readonly config: Config;
  readonly sandboxes: readonly Named<Sandbox>[];
  /** How the secrets come and go: in a unit of their own, or with the container's. */
  readonly secrets: "unit" | "hooks";
  readonly externalInterface?: string | undefined;
  readonly enableWAN?: boolean | undefined;
}

/** The templates that sandboxes are made from, each once, in the configuration's order. */
export function templatesOf({ config, sandboxes }: Host): readonly Named<Template>[] {
  const used = new Set<string>(sandboxes.map(({ value }) => value.template));
  return Object.entries(config.templates).flatMap(([name, value]) =>
    used.has(name) ? [{ name, value }] : [],
  );
}

/** A host's module with everything that it needs in a `let` around it. */
export function hostWithTemplates(host: Host): Nix {
  const templates = templatesOf(host);
  const shared = shareExport(templates.flatMap(({ value }) => Object.values(value.agents)));
  const sections = [shared.entries, ...templateBindings(templates, shared), secretsBinding(host)];
  const entries = spaced(sections);
  return entries.length === 0 ? hostModule(host) : letIn(entries, hostModule(host));
}

/** `templates.<name> = …;` in a `let`, each template a module with its wrappers. */
export function templateBindings(
  templates: readonly Named<Template>[],
  wrappers: SharedExport | ((name: string) => Nix),
): NixEntry[][] {
  return templates.map(({ name, value }) => {
    const module = templateModule(value, {
      name: `templates.${name}`,
      wrappers:
        typeof wrappers === "function"
          ? wrappers(name)
          : Object.keys(value.agents).map((agent) => wrapper(value, agent, wrappers.exportSecret)),
    });
    const remark = value.description === undefined ? [] : [comment(value.description)];
    return [...remark, bind(["templates", name], innerModule(module))];
  });
}

/** What a `let` around a host's module needs for its sandboxes' secrets. */
export function secretsBinding(host: Host): NixEntry[] {
  const files = host.sandboxes.flatMap((sandbox) => [...secretsOf(host, sandbox).values()]);
  if (files.length === 0) return [];
  const paths = { hasExpressions: files.some((file) => typeof file !== "string") };
  const remark =
    "A sandbox's copies of its secrets: made before its container starts, gone when that stops.";
  return host.secrets === "unit"
    ? [comment(remark), bind("secretsUnit", secretsUnit(paths))]
    : [comment(remark), bind("secretsHooks", secretsHooks(paths))];
}

/** A module with the sandboxes' containers and their secrets, where `templates` and the like are in scope. */
export function hostModule(host: Host, file?: Nix): Nix {
  const { config, sandboxes, enableWAN } = host;
  const addresses = addressesOf(config);
  const containers = sandboxes.map(({ name, value: sandbox }) => {
    const template = templateOf(config, sandbox.template);
    const module = ref("templates", sandbox.template);
    const parts = { name, sandbox, template, addresses: addresses.get(name), module, enableWAN };
    return [bind(["containers", name], container(parts))];
  });
  const secrets = sandboxes.flatMap((sandbox) => secretsService(host, sandbox));
  return attrs(
    spaced([
      [bind("_class", "nixos"), ...(file === undefined ? [] : [bind("_file", file)])],
      ...containers,
      secrets,
      nat(host),
    ]),
  );
}

function secretsOf({ config }: Host, { value }: Named<Sandbox>): ReadonlyMap<string, string | Nix> {
  return secretFilesOf(config, templateOf(config, value.template));
}

function secretsService(host: Host, sandbox: Named<Sandbox>): NixEntry[] {
  const files = secretsOf(host, sandbox);
  if (files.size === 0) return [];
  const { name } = sandbox;
  const { uid } = templateOf(host.config, sandbox.value.template).user;
  const [service, from] =
    host.secrets === "unit"
      ? [`forage-secrets-${name}`, ref("secretsUnit")]
      : [`container@${name}`, ref("secretsHooks")];
  return [bind(["systemd", "services", service], apply(from, name, uid, files))];
}

/** The way from the sandboxes' links to the internet. */
function nat({ config, sandboxes, externalInterface }: Host): NixEntry[] {
  const linked = sandboxes.filter(
    ({ value }) => templateOf(config, value.template).network === "private",
  );
  if (externalInterface === undefined || linked.length === 0) return [];
  return [
    bind(["networking", "nat"], {
      enable: true,
      externalInterface,
      internalInterfaces: linked.map(({ name }) => `ve-${name}`),
    }),
  ];
}
