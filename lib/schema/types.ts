import type { Nix } from "../nix/tree.ts";
import type { Endpoint, TemplateBridge, TemplateBridgeInput } from "./bridge-types.ts";

/** A variable that an agent gets, and the secret whose content it holds. */
export interface AgentSecret<Secret extends string = string> {
  readonly variable: string;
  readonly secretName: Secret;
}

/** What a wrapper does about a secret file that is missing, empty or otherwise of no use. */
export type OnMissingSecret = "warn" | "ignore" | "fail";

interface AgentFields<Secret extends string> {
  /**
   * The agent's package: an expression such as `pkgs("claude-code")`, or the same as text, where
   * `"python3Packages.requests"` means `pkgs.python3Packages.requests`. Rendered files have `pkgs` and `lib`; any other
   * variable, such as a flake's `inputs`, becomes a parameter of the file, unless it stands below a `with` or in the text
   * of `raw` (a hole of `raw` is fine).
   */
  readonly package: Nix | string;
  /** More secrets, as `{ VARIABLE: "secret" }` or as a list. */
  readonly secrets?:
    | { readonly [variable: string]: Secret }
    | readonly AgentSecret<Secret>[]
    | undefined;
  /** The program in the package's `bin` @default the package's `meta.mainProgram` */
  readonly mainProgram?: string | undefined;
  /** Arguments that come before the caller's @default [] */
  readonly args?: readonly string[] | undefined;
  /** Variables that are no secret: everyone can read them in the Nix store @default {} */
  readonly env?: { readonly [variable: string]: string } | undefined;
  /**
   * Without a secret, start and say so (`"warn"`), start in silence (`"ignore"`), or exit with 78 (`"fail"`).
   * @default "warn"
   */
  readonly onMissingSecret?: OnMissingSecret | undefined;
  /** Whether a secret may hold line breaks; in a token they would split an HTTP header @default false */
  readonly multiline?: boolean | undefined;
  /**
   * How it is told to ask the bridge, by the variables of its keys.
   * @default what is known of such a variable
   */
  readonly endpoints?: { readonly [variable: string]: Endpoint } | undefined;
  /** Packages with an unfree licence that a sandbox may use for this agent, by `pname` @default [] */
  readonly unfreePackages?: readonly string[] | undefined;
}

type AgentKey<Secret extends string> =
  | {
      /** The secret, by its name in the configuration's `secrets`; with a bridge, also one of its `credentials`. */
      readonly secretName: Secret;
      /** The variable that the agent reads it from. */
      readonly authEnvVar: string;
    }
  // From an `undefined` here, TypeScript would infer that a template's secrets may be any string.
  | { readonly secretName?: never; readonly authEnvVar?: never };

/** What `defineAgent` takes: one program, and the secrets that it gets. */
export type AgentInput<Secret extends string = string> = AgentFields<Secret> & AgentKey<Secret>;

/** A validated agent. It is an `AgentInput` again, so that one can be built on another. */
export interface Agent<Secret extends string = string> {
  readonly package: Nix;
  readonly mainProgram: string | undefined;
  readonly args: readonly string[];
  readonly env: { readonly [variable: string]: string };
  readonly secrets: readonly AgentSecret<Secret>[];
  readonly onMissingSecret: OnMissingSecret;
  readonly multiline: boolean;
  readonly endpoints: { readonly [variable: string]: Endpoint };
  readonly unfreePackages: readonly string[];
}

/**
 * How a sandbox reaches other machines: over a link to the host (`"private"`), not at all (`"none"`), or as the host itself
 * does (`"host"`).
 */
export type Network = "private" | "none" | "host";

/**
 * Whether a sandbox has copies of its agents' secrets (`"secrets"`), or asks the bridge on the host, which has them
 * (`"bridge"`).
 */
export type Auth = "secrets" | "bridge";

/** A directory or file of the host that a sandbox sees, at the mount point that is its key. */
export interface BindMount {
  readonly hostPath: string;
  readonly isReadOnly: boolean;
}

interface BindMountInput {
  readonly hostPath: string;
  /** @default true */
  readonly isReadOnly?: boolean | undefined;
}

/** What `bindMounts` takes: as in NixOS, each mount point with what the host binds there. */
export interface BindMountsInput {
  readonly [mountPoint: string]: BindMountInput;
}

/** What `defineTemplate` takes: agents by their wrappers' names, and what they share. */
export interface TemplateInput<
  Agents = { readonly [name: string]: AgentInput },
  Credential extends string = string,
> {
  /** The agents; each one's name is its wrapper's, the command that people type. */
  readonly agents: Agents;
  /** Packages beside the agents, written like an agent's `package` @default [] */
  readonly extraPackages?: readonly (Nix | string)[] | undefined;
  readonly description?: string | undefined;
  /** Where the secrets are in a sandbox @default "/run/secrets" */
  readonly secretsMountPoint?: string | undefined;
  /** The user that agents run as in a sandbox @default { name: "agent", uid: 1000 } */
  readonly user?:
    | { readonly name?: string | undefined; readonly uid?: number | undefined }
    | undefined;
  /** Where a sandbox's workspace is @default "/workspace" */
  readonly workspaceMountPoint?: string | undefined;
  /** What else of the host its sandboxes see @default {} */
  readonly bindMounts?: BindMountsInput | undefined;
  /** @default "private", or "none" where `auth` is "bridge" */
  readonly network?: Network | undefined;
  /** @default "secrets" */
  readonly auth?: Auth | undefined;
  /** What goes with `auth: "bridge"`. */
  readonly bridge?: TemplateBridgeInput<Credential> | undefined;
  /** Whether a sandbox starts from an empty root file system each time @default true */
  readonly ephemeral?: boolean | undefined;
  /**
   * `system.stateVersion`, which a sandbox that keeps its state needs.
   * @default the release that the sandbox is built with, which for an ephemeral one is right
   */
  readonly stateVersion?: string | undefined;
  /** Packages with an unfree licence among `extraPackages`, by `pname` @default [] */
  readonly unfreePackages?: readonly string[] | undefined;
  /** More NixOS modules for its sandboxes: expressions, or text such as "./claude.nix" @default [] */
  readonly imports?: readonly (Nix | string)[] | undefined;
}

/** A validated template. */
export interface Template<Name extends string = string, Secret extends string = string> {
  readonly agents: { readonly [N in Name]: Agent<Secret> };
  readonly extraPackages: readonly Nix[];
  readonly description: string | undefined;
  readonly secretsMountPoint: string;
  readonly user: { readonly name: string; readonly uid: number };
  readonly workspaceMountPoint: string;
  readonly bindMounts: { readonly [mountPoint: string]: BindMount };
  readonly network: Network;
  readonly auth: Auth;
  /** There whenever `auth` is "bridge". */
  readonly bridge: TemplateBridge<Secret> | undefined;
  readonly ephemeral: boolean;
  readonly stateVersion: string | undefined;
  readonly unfreePackages: readonly string[];
  readonly imports: readonly Nix[];
}
