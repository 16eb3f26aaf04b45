/** How a provider writes its errors, and where it says how many tokens a call took. */
export type ProviderFormat = "anthropic" | "openai" | "google" | "github" | "plain";

/** An API on the internet, and how a key is shown to it. */
export interface Provider {
  /** Its origin, and the path that everything there begins with: "https://gateway.example.com/openai". */
  readonly upstream: string;
  /** The header that carries the key, in lower case. */
  readonly header: string;
  /** What stands in front of the key; `Basic` is for a user's name and the key, in base64. */
  readonly scheme: "Bearer" | "Basic" | "token" | undefined;
  /** The user's name, for `Basic`. */
  readonly user: string | undefined;
  readonly format: ProviderFormat;
  /**
   * What may be asked of it: a method, and a path below `upstream` in which `*` stands for any characters of one segment
   * and a final `**` for any number of segments.
   */
  readonly allow: readonly string[];
  /** Headers that every request gets, in place of the client's; to `anthropic-beta`, which is a list, they are added. */
  readonly headers: { readonly [header: string]: string };
  /** A file with the certificates that its own is checked against, beside the usual ones. */
  readonly ca: string | undefined;
  /** Whether it may be at a private or link-local address. */
  readonly allowPrivateAddress: boolean;
  /** Whether the key may be sent to it unencrypted. */
  readonly allowHttp: boolean;
}

/** A provider as it is written: only its address, its header and its format have no default. */
export type ProviderInput = Pick<Provider, "upstream" | "header" | "format"> & {
  /** @default "Bearer" for the header `authorization`, else none */
  readonly scheme?: Provider["scheme"] | undefined;
  /** @default "x-access-token" for `Basic` */
  readonly user?: string | undefined;
  /** @default what the format's API documents; for "plain", which has none, it has to be given */
  readonly allow?: readonly string[] | undefined;
  /** @default {} */
  readonly headers?: { readonly [header: string]: string } | undefined;
  readonly ca?: string | undefined;
  /** @default false */
  readonly allowPrivateAddress?: boolean | undefined;
  /** @default false */
  readonly allowHttp?: boolean | undefined;
};

/** How much may be asked for; what is not there is not limited. */
export interface Limits {
  readonly requestsPerMinute?: number | undefined;
  readonly concurrentRequests?: number | undefined;
  /** Input, output and cached ones, as the provider counts them. */
  readonly tokensPerMinute?: number | undefined;
  readonly tokensPerDay?: number | undefined;
  /** In US dollars, by the price table. */
  readonly dollarsPerDay?: number | undefined;
}

/** What requests may be, and what is changed in them. */
export interface Policy {
  /** In place of the provider's. */
  readonly allow?: readonly string[] | undefined;
  /** The models that may be asked for; `*` stands for any characters. */
  readonly models?: readonly string[] | undefined;
  /** The most tokens that an answer may be asked to have; a request for more is brought down to it. */
  readonly maxTokens?: number | undefined;
  /** Headers that each request gets, in the way of a provider's `headers`, which they come after. */
  readonly setHeaders?: { readonly [header: string]: string } | undefined;
  /** Headers that no request keeps. */
  readonly removeHeaders?: readonly string[] | undefined;
}

/** Where a credential's value comes from. */
export type CredentialSource<Secret extends string = string> =
  | {
      /** The secret, by its name in the configuration's `secrets` @default the credential's own name */
      readonly secret?: Secret | undefined;
      readonly command?: undefined;
      readonly lifetimeSeconds?: undefined;
    }
  | {
      readonly secret?: undefined;
      /** A program that prints a token, by its absolute path, and its arguments. */
      readonly command: readonly string[];
      /** For how long what it prints is used @default 300 */
      readonly lifetimeSeconds?: number | undefined;
    };

/** What the bridge shows to one provider for those that may use it. */
export type CredentialInput<Secret extends string = string> = CredentialSource<Secret> & {
  /** A known provider's name, or a provider. */
  readonly provider: string | ProviderInput;
  readonly policy?: Policy | undefined;
  /** For all sandboxes together. */
  readonly limits?: Limits | undefined;
};

/** What a model's tokens cost, in US dollars for a million of them. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** @default `input` */
  readonly cacheRead?: number | undefined;
  /** @default `input` */
  readonly cacheWrite?: number | undefined;
}

/** The log of all calls. */
export interface AuditInput {
  /** @default "/var/log/forage-bridge" */
  readonly directory?: string | undefined;
  /** What happens to requests while the log cannot be written @default "closed" */
  readonly onFailure?: "closed" | "open" | undefined;
  /** A file that is larger is put aside, in bytes @default 104857600 */
  readonly maxBytes?: number | undefined;
  /** So is one that is older, in hours @default 24 */
  readonly maxHours?: number | undefined;
  /** How many that were put aside are kept @default 90 */
  readonly maxFiles?: number | undefined;
}

/** An agent outside of containers, which the bridge knows by a token. */
export interface ClientInput<Credential extends string = string> {
  /** The credentials that it may use, by their names. */
  readonly credentials: readonly Credential[];
  /** The host's file with its token, at least 32 characters. */
  readonly tokenFile: string;
  readonly policy?: Policy | undefined;
  readonly limits?: Limits | undefined;
}

/** A configuration's `bridge`: the proxy on the host that has the keys, so that no sandbox has them. */
export interface BridgeInput<Credential extends string = string, Secret extends string = string> {
  /**
   * Credentials by their names, which an agent's `secretName` may be. A secret that is no credential is one for the
   * provider of the variable that the agent reads it from.
   * @default {}
   */
  readonly credentials?: { readonly [C in Credential]: CredentialInput<Secret> } | undefined;
  /** For each sandbox whose template says nothing else. */
  readonly limits?: Limits | undefined;
  /** Prices by the models' names, in which `*` stands for any characters; they come before those that are known. */
  readonly prices?: { readonly [model: string]: Price } | undefined;
  readonly audit?: AuditInput | undefined;
  /** A module with `onRequest` and `onResponse`, for what data cannot say; relative to the configuration. */
  readonly hooks?: string | undefined;
  /** Agents outside of containers. */
  readonly tcp?:
    | {
        /** The host's address to listen at. */
        readonly address: string;
        readonly port: number;
        readonly clients: { readonly [name: string]: ClientInput<NoInfer<Credential>> };
      }
    | undefined;
  /** How many processes share the work @default 1 */
  readonly workers?: number | undefined;
  /** A Redis or Valkey server that holds the limits of several hosts: "redis://127.0.0.1:6379". */
  readonly redis?: string | undefined;
  /** How long a connection may be silent, in seconds @default 600 */
  readonly idleSeconds?: number | undefined;
  /** How large a request's body may be, in bytes @default 33554432 */
  readonly maxBodyBytes?: number | undefined;
}

/** What a template's `bridge` takes. */
export interface TemplateBridgeInput<Credential extends string = string> {
  /** Credentials beside those that its agents name, such as one for git @default [] */
  readonly credentials?: readonly Credential[] | undefined;
  /** For each of its sandboxes @default the configuration's */
  readonly limits?: Limits | undefined;
  readonly policy?: Policy | undefined;
  /**
   * Where a sandbox's agents find the bridge, on its own loopback interface. One on the host's network has the host's: then
   * everybody there asks in its name.
   * @default 7878
   */
  readonly port?: number | undefined;
}

/**
 * How an agent is told to ask the bridge. In texts, `{url}` stands for the address that its provider's API seems to be at,
 * such as `http://127.0.0.1:7878/anthropic`, `{origin}` for that without its path, and `{path}` for the path.
 */
export interface Endpoint {
  /** A known provider's name, for a secret that is no credential of the configuration. */
  readonly provider?: string | undefined;
  /** Variables; where two keys of an agent set the same one, both values have to be JSON objects, and become one. */
  readonly env?: { readonly [variable: string]: string } | undefined;
  /** Arguments that come before all others. */
  readonly args?: readonly string[] | undefined;
  /** What the variable of the key holds instead, for agents that look at its shape. */
  readonly placeholder?: string | undefined;
  /** Why it cannot be told, for an agent that has no such setting. */
  readonly unavailable?: string | undefined;
}

/** A validated credential. It is a `CredentialInput` again. */
export type BridgeCredential<Secret extends string = string> = {
  readonly provider: Provider;
  readonly policy: Policy;
  readonly limits: Limits;
} & (
  | {
      readonly secret: Secret;
      readonly command: undefined;
      readonly lifetimeSeconds: undefined;
    }
  | {
      readonly secret: undefined;
      readonly command: readonly string[];
      readonly lifetimeSeconds: number;
    }
);

/** A validated `bridge` of a configuration. It is a `BridgeInput` again. */
export interface Bridge<Credential extends string = string, Secret extends string = string> {
  readonly credentials: { readonly [C in Credential]: BridgeCredential<Secret> };
  readonly limits: Limits;
  readonly prices: { readonly [model: string]: Price };
  readonly audit: { readonly [K in keyof AuditInput]-?: NonNullable<AuditInput[K]> };
  readonly hooks: string | undefined;
  readonly tcp: BridgeInput<Credential>["tcp"];
  readonly workers: number;
  readonly redis: string | undefined;
  readonly idleSeconds: number;
  readonly maxBodyBytes: number;
}

/** A validated `bridge` of a template whose `auth` is that. */
export interface TemplateBridge<Credential extends string = string> {
  readonly credentials: readonly Credential[];
  /** Where they are not left to the configuration. */
  readonly limits: Limits | undefined;
  readonly policy: Policy;
  readonly port: number;
}
