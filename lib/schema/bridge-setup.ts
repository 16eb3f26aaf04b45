import type { Bridge, Limits, Policy, Price, Provider } from "./bridge-types.ts";

/**
 * All that a bridge is told: a configuration's `bridge` with every default filled in. Plain data, which JSON can hold, and no
 * secret.
 */
export interface BridgeSetup {
  readonly version: 1;
  readonly credentials: { readonly [name: string]: Credential };
  /** Those of the configuration; others are registered while the bridge runs. */
  readonly sandboxes: { readonly [name: string]: Grant };
  readonly limits: Limits;
  readonly prices: { readonly [model: string]: Price };
  readonly audit: Bridge["audit"];
  /** An absolute path. */
  readonly hooks?: string | undefined;
  readonly tcp?:
    | {
        readonly address: string;
        readonly port: number;
        readonly clients: { readonly [name: string]: Client };
      }
    | undefined;
  readonly workers: number;
  readonly redis?: string | undefined;
  readonly idleSeconds: number;
  readonly maxBodyBytes: number;
}

/** What is shown to one provider. */
export interface Credential {
  readonly provider: Provider;
  readonly source: FileSource | CommandSource;
  readonly policy: Policy;
  readonly limits: Limits;
}

export interface FileSource {
  /**
   * An absolute path; or a name, for what systemd hands over. A file of that name in `BRIDGE_SECRETS` of paths.ts comes
   * before the one in `$CREDENTIALS_DIRECTORY`: when it is empty, there is no such secret any longer.
   */
  readonly file: string;
}

export interface CommandSource {
  readonly command: readonly string[];
  readonly lifetimeSeconds: number;
}

/** What a sandbox, or a client outside of one, may use. */
export interface Grant {
  /** The credentials by their names, which are the first segments of the paths that it asks for. */
  readonly credentials: readonly string[];
  readonly policy: Policy;
  /** @default the setup's own; where they are empty it has none */
  readonly limits?: Limits | undefined;
}

/** A client outside of a sandbox. */
export interface Client extends Grant {
  /** Where its token is; as in a `FileSource`. */
  readonly tokenFile: string;
}
