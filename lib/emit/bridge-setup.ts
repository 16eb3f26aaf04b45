import { posix } from "node:path";
import { type Diagnostic, ForageError } from "../error.ts";
import { bridgeSchema } from "../schema/bridge.ts";
import type { BridgeSetup, Client, Credential, Grant } from "../schema/bridge-setup.ts";
import type { Bridge, BridgeCredential, Provider } from "../schema/bridge-types.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import { knownPath } from "../schema/expressions.ts";
import { isProviderName, PROVIDERS } from "../schema/providers.ts";
import type { Template } from "../schema/types.ts";
import { checkedConfig, chooseSandboxes, type Named, templateOf } from "./choose.ts";
import { credentialNamesOf, keysOf } from "./keys.ts";
import { byBytes } from "./secrets.ts";

export interface SetupOptions {
  /** Where relative paths in the configuration start. */
  readonly directory: string;
  /**
   * How a secret's file is named: by its path on the host, or by the name that systemd's `LoadCredential` gives it.
   * @default "path"
   */
  readonly files?: "path" | "name" | undefined;
  /** Only these sandboxes, and the credentials that they and the clients may use @default everything */
  readonly sandboxes?: readonly string[] | undefined;
}

/**
 * All that the bridge of a configuration is told.
 *
 * @throws ForageError `definition` when the configuration lacks a sandbox, or a secret's path is one that only Nix knows
 */
export function bridgeSetup<Names, SandboxName extends string>(
  given: Config<string, Names, SandboxName>,
  options: SetupOptions,
): BridgeSetup {
  const config = checkedConfig(given as unknown as Config);
  const { directory, files = "path", sandboxes: wanted } = options;
  const bridge = bridgeOf(config);
  const sandboxes = bridgedSandboxes(config, wanted);
  const { limits, prices, audit, hooks, workers, redis, idleSeconds, maxBodyBytes } = bridge;
  const fileOf = files === "name" ? (name: string) => name : pathsOfSecrets(config);
  const setup: BridgeSetup = {
    version: 1,
    credentials: Object.fromEntries(
      usedCredentials(config, wanted).map(({ name, value }) => [name, told(value, fileOf)]),
    ),
    sandboxes: Object.fromEntries(
      sandboxes.map(({ name, value }) => [name, grantOf(config, value.template)]),
    ),
    limits,
    prices,
    audit,
    ...(hooks !== undefined && { hooks: posix.join(directory, hooks) }),
    ...(bridge.tcp !== undefined && {
      tcp: { ...bridge.tcp, clients: clientsOf(bridge, files) },
    }),
    workers,
    ...(redis !== undefined && { redis }),
    idleSeconds,
    maxBodyBytes,
  };
  return setup;
}

/**
 * What a sandbox may use that is made from a template.
 *
 * @throws ForageError `definition` when the configuration lacks the template
 */
export function grantOf<Names, SandboxName extends string>(
  given: Config<string, Names, SandboxName>,
  templateName: keyof NoInfer<Names> & string,
): Grant {
  const config = checkedConfig(given as unknown as Config);
  const template = templateOf(config, templateName);
  const { policy = {}, limits = bridgeOf(config).limits } = template.bridge ?? {};
  return { credentials: credentialNamesOf(template), policy, limits };
}

/** The configuration's bridge, with the defaults of one that is not there. */
export function bridgeOf({ bridge }: Config): Bridge {
  return bridge ?? bridgeSchema.parse({});
}

/** The sandboxes that ask the bridge. */
export function bridgedSandboxes(
  config: Config,
  names?: readonly string[],
): readonly Named<Sandbox>[] {
  return chooseSandboxes(config, names).filter(
    ({ value }) => templateOf(config, value.template).auth === "bridge",
  );
}

/** The credentials of a configuration: those that it defines, and those that its templates make of secrets. */
export function usedCredentials(
  config: Config,
  sandboxes: readonly string[] | undefined,
): readonly Named<BridgeCredential>[] {
  const all = new Map<string, BridgeCredential>([
    ...impliedCredentials(config),
    ...Object.entries<BridgeCredential>(bridgeOf(config).credentials),
  ]);
  const granted = [
    ...bridgedSandboxes(config, sandboxes).flatMap(({ value }) =>
      credentialNamesOf(templateOf(config, value.template)),
    ),
    ...Object.values(bridgeOf(config).tcp?.clients ?? {}).flatMap(({ credentials }) => credentials),
  ];
  const used = new Set(sandboxes === undefined ? all.keys() : granted);
  return [...all]
    .filter(([name]) => used.has(name))
    .toSorted(([one], [other]) => byBytes(one, other))
    .map(([name, value]) => ({ name, value }));
}

/** A secret without more is for the provider of the variable that an agent reads it from. */
function impliedCredentials(config: Config): [string, BridgeCredential][] {
  return Object.values<Template>(config.templates)
    .filter(({ auth }) => auth === "bridge")
    .flatMap(({ agents }) => Object.values(agents))
    .flatMap(keysOf)
    .flatMap(({ credential: secret, endpoint: { provider } }) =>
      isProviderName(provider) ? [[secret, impliedBy(secret, PROVIDERS[provider])]] : [],
    );
}

function impliedBy(secret: string, provider: BridgeCredential["provider"]): BridgeCredential {
  return {
    provider,
    secret,
    command: undefined,
    lifetimeSeconds: undefined,
    policy: {},
    limits: {},
  };
}

function told(credential: BridgeCredential, fileOf: (secret: string) => string): Credential {
  const { provider, policy, limits, secret, command, lifetimeSeconds } = credential;
  const source = secret === undefined ? { command, lifetimeSeconds } : { file: fileOf(secret) };
  return { provider: inOrder(provider), source, policy, limits };
}

/** Providers come with their members in whichever order; a file has them in one. */
function inOrder(provider: Provider): Provider {
  const { upstream, header, scheme, user, format, allow, headers, ...rest } = provider;
  const { ca, allowPrivateAddress, allowHttp } = rest;
  const about = { upstream, header, scheme, user, format, allow, headers };
  return { ...about, ca, allowPrivateAddress, allowHttp };
}

/** What a client's token is called for systemd: a name that no secret of the bridge has. */
export function tokenName(client: string): string {
  return `client.${client}`;
}

function clientsOf(bridge: Bridge, files: SetupOptions["files"]): Record<string, Client> {
  return Object.fromEntries(
    Object.entries(bridge.tcp?.clients ?? {}).map(([name, client]) => [
      name,
      {
        credentials: client.credentials.toSorted(byBytes),
        policy: client.policy ?? {},
        limits: client.limits,
        tokenFile: files === "name" ? tokenName(name) : client.tokenFile,
      },
    ]),
  );
}

/** @throws ForageError `definition` from what it returns, for a path that only Nix knows */
function pathsOfSecrets({ secrets }: Config): (name: string) => string {
  return (name) => {
    const path = knownPath(secrets[name]);
    if (path !== undefined) return path;
    const problem: Diagnostic = {
      path: ["secrets", name],
      message: "its path comes from a NixOS configuration, which only Nix evaluates",
      hint: 'run the bridge by a host\'s module, or write the path as text, such as "/run/secrets/anthropic-api-key"',
    };
    throw new ForageError("definition", [problem]);
  };
}
