import type { Nix } from "../nix/tree.ts";
import type { Bridge, BridgeInput } from "./bridge-types.ts";
import type { OutputInput, Outputs } from "./output-types.ts";
import type { AgentInput, BindMount, BindMountsInput, Template, TemplateInput } from "./types.ts";

/** The agents' names of each template, as the keys of its members. */
export interface TemplateNames {
  readonly [template: string]: { readonly [agent: string]: unknown };
}

/** What a configuration's `sandboxes` takes: a container that is made from a template. */
export interface SandboxInput<TemplateName extends string = string> {
  readonly template: TemplateName;
  /** The host's directory that the sandbox works in, writable, at the template's `workspaceMountPoint` @default none */
  readonly workspace?: string | undefined;
  /** What else of the host it sees, beside what its template says @default {} */
  readonly bindMounts?: BindMountsInput | undefined;
  /**
   * The host's end of the link, an IPv4 address; goes with `localAddress`.
   * @default one of 10.233.0.0/16, by the sandbox's name
   */
  readonly hostAddress?: string | undefined;
  /** The sandbox's end of the link; goes with `hostAddress`. */
  readonly localAddress?: string | undefined;
  /** Whether it starts with the host @default false */
  readonly autoStart?: boolean | undefined;
}

/** A validated sandbox. It is a `SandboxInput` again. */
export interface Sandbox<TemplateName extends string = string> {
  readonly template: TemplateName;
  readonly workspace: string | undefined;
  readonly bindMounts: { readonly [mountPoint: string]: BindMount };
  /** Where it is not left to `addressesOf`. */
  readonly hostAddress: string | undefined;
  /** Where it is not left to `addressesOf`. */
  readonly localAddress: string | undefined;
  readonly autoStart: boolean;
}

/** What `defineConfig` takes: where the secrets are on the host, the templates that use them, and what to make of those. */
export interface ConfigInput<
  Secret extends string = string,
  Names = TemplateNames,
  SandboxName extends string = string,
  Credential extends string = string,
> {
  /** For editors, in JSON: where the output of `forage schema` is. */
  readonly $schema?: string | undefined;
  /**
   * The host's file for each secret: an absolute path as text, or an expression for one, such as
   * `ref("config", "sops", "secrets", "anthropic", "path")`.
   * @default {}
   */
  readonly secrets?: { readonly [S in Secret]: string | Nix } | undefined;
  /**
   * The directory of nixpkgs that `forage up` builds sandboxes with; rendered files take theirs from whoever uses them. A
   * relative one starts at the configuration.
   * @default what `<nixpkgs>` is
   */
  readonly nixpkgs?: string | undefined;
  /** The proxy on the host that has the keys, for templates with `auth: "bridge"`. */
  readonly bridge?: BridgeInput<Credential, NoInfer<Secret>> | undefined;
  readonly templates: {
    readonly [T in keyof Names]: TemplateInput<
      { readonly [N in keyof Names[T]]: AgentInput<NoInfer<Secret | Credential>> },
      NoInfer<Secret | Credential>
    >;
  };
  /** The containers that are made from the templates, by their names @default {} */
  readonly sandboxes?:
    | { readonly [S in SandboxName]: SandboxInput<keyof NoInfer<Names> & string> }
    | undefined;
  /** The files that `forage render` writes, by their paths beside the configuration @default {} */
  readonly outputs?:
    | { readonly [file: string]: OutputInput<keyof NoInfer<Names> & string, NoInfer<SandboxName>> }
    | undefined;
}

/** A validated configuration. */
export interface Config<
  Secret extends string = string,
  Names = TemplateNames,
  SandboxName extends string = string,
  Credential extends string = string,
> {
  readonly secrets: { readonly [S in Secret]: string | Nix };
  readonly nixpkgs: string | undefined;
  readonly bridge: Bridge<Credential, Secret> | undefined;
  readonly templates: {
    readonly [T in keyof Names]: Template<keyof Names[T] & string, Secret | Credential>;
  };
  readonly sandboxes: { readonly [S in SandboxName]: Sandbox<keyof Names & string> };
  readonly outputs: Outputs<keyof Names & string, SandboxName>;
}
