import type { BridgeSetup, Credential, Grant } from "../schema/bridge-setup.ts";
import type { Policy, ProviderFormat } from "../schema/bridge-types.ts";
import { USER_OF_TOKENS } from "../schema/providers.ts";
import { type Asker, hasLimits } from "./limits/limiter.ts";
import { type Allows, allows, glob } from "./request/allowed.ts";
import { type BodyPolicy, looksAtBodies } from "./request/body.ts";
import type { HeaderRules } from "./request/headers.ts";
import type { Upstream } from "./upstream/upstream.ts";
import type { Value } from "./values.ts";

/** A credential with what stands behind it, of which there is one for all who use it. */
export interface Backend {
  readonly name: string;
  readonly credential: Credential;
  readonly upstream: Upstream;
  readonly value: Value;
}

/** The way from one sandbox to one provider, worked out once, so that a request costs little. */
export interface Route {
  readonly backend: Backend;
  readonly format: ProviderFormat;
  readonly allows: Allows;
  readonly headers: HeaderRules;
  readonly header: string;
  /** The header's value for a key. */
  readonly shown: (key: string) => string;
  readonly body: BodyPolicy;
  readonly looksAtBodies: boolean;
  readonly asker: Asker;
  readonly isLimited: boolean;
  readonly maxBodyBytes: number;
}

/** The routes of who may use some credentials, by those. */
export function routesOf(
  setup: BridgeSetup,
  backends: ReadonlyMap<string, Backend>,
  sandbox: string,
  grant: Grant,
): ReadonlyMap<string, Route> {
  return new Map(
    grant.credentials.flatMap((name) => {
      const backend = backends.get(name);
      return backend === undefined
        ? []
        : [[name, routeOf(setup, backend, sandbox, grant)] as const];
    }),
  );
}

function routeOf(setup: BridgeSetup, backend: Backend, sandbox: string, grant: Grant): Route {
  const { credential, name } = backend;
  const { provider, policy, limits } = credential;
  const both: readonly Policy[] = [policy, grant.policy];
  const sandboxLimits = grant.limits ?? setup.limits;
  const caps = both.flatMap(({ maxTokens }) => (maxTokens === undefined ? [] : [maxTokens]));
  const body: BodyPolicy = {
    format: provider.format,
    models: both.flatMap(({ models }) => (models === undefined ? [] : [models.map(glob)])),
    maxTokens: caps.length === 0 ? undefined : Math.min(...caps),
    needsUsage: [sandboxLimits, limits].some(
      (one) => one.tokensPerMinute ?? one.tokensPerDay ?? one.dollarsPerDay,
    ),
  };
  return {
    backend,
    format: provider.format,
    allows: allAllow([
      allows(policy.allow ?? provider.allow),
      ...(grant.policy.allow ? [allows(grant.policy.allow)] : []),
    ]),
    headers: {
      set: new Map(
        [provider, ...both].flatMap((from) =>
          Object.entries("upstream" in from ? from.headers : (from.setHeaders ?? {})),
        ),
      ),
      // What the client shows there as its own key must not stand beside ours.
      remove: new Set([
        provider.header,
        ...both.flatMap(({ removeHeaders }) =>
          (removeHeaders ?? []).map((one) => one.toLowerCase()),
        ),
      ]),
    },
    header: provider.header,
    shown: shownAs(provider),
    body,
    looksAtBodies: looksAtBodies(body),
    asker: { sandbox, credential: name, sandboxLimits, credentialLimits: limits },
    isLimited: hasLimits(sandboxLimits) || hasLimits(limits),
    // What is passed on as it comes needs no room here.
    maxBodyBytes: provider.format === "plain" ? Number.POSITIVE_INFINITY : setup.maxBodyBytes,
  };
}

function allAllow(all: readonly Allows[]): Allows {
  const [only] = all;
  return all.length === 1 && only !== undefined
    ? only
    : (method, path) => all.every((one) => one(method, path));
}

function shownAs({ scheme, user }: Credential["provider"]): (key: string) => string {
  if (scheme === undefined) return (key) => key;
  if (scheme !== "Basic") return (key) => `${scheme} ${key}`;
  return (key) => `Basic ${Buffer.from(`${user ?? USER_OF_TOKENS}:${key}`).toString("base64")}`;
}
