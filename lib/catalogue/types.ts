import type { Endpoint } from "../schema/bridge-types.ts";
import type { AgentInput } from "../schema/types.ts";

/** A variable that an agent reads a key from. */
export interface AuthVariable {
  /** Whose key it holds; not known where the agent's own settings decide that. */
  readonly provider?: string;
  /** The header that carries the key to the provider, where one header does. */
  readonly header?: string;
  /** The scheme in front of the key, for `authorization`. */
  readonly scheme?: "Bearer";
  /** Headers that the provider wants beside the key's. */
  readonly extraHeaders?: { readonly [header: string]: string };
  /** How a key has to start, where the agent itself looks: a placeholder has to start so too. */
  readonly keyPrefix?: string;
  /** How the agent is told to ask the bridge, or why it cannot be. */
  readonly endpoint: Endpoint;
}

/** How an agent is told to send its requests to another address than its provider's. */
export type BaseUrlSetting =
  | { readonly variable: string; readonly provider?: string }
  | { readonly file: string; readonly key: string; readonly provider?: string };

/** What is known of an agent. In paths, `~` is the home directory of the user that runs it. */
export interface CatalogueEntry<
  Variable extends string = string,
  DefaultVariable extends Variable = Variable,
> {
  readonly title: string;
  /** Its attribute in nixpkgs, which is also the package's `pname`. */
  readonly package: string;
  /** The program that people type: the package's `meta.mainProgram`. */
  readonly program: string;
  /** Whether Nixpkgs refuses the package's licence unless it is allowed. */
  readonly unfree: boolean;
  /** The variables that it reads a key from, the most usual one first. */
  readonly authVariables: { readonly [V in Variable]: AuthVariable };
  /** The variable for its key; none where that depends on the provider. */
  readonly defaultAuthVariable?: DefaultVariable;
  readonly baseUrl?: readonly BaseUrlSetting[];
  /** What it keeps from one start to the next: settings, sessions, its own login. */
  readonly stateDirectories: readonly string[];
  /** The same, as single files. */
  readonly stateFiles?: readonly string[];
  /** The variable that moves them, or some of them, elsewhere. */
  readonly stateVariable?: string;
  /** An administrator's settings. */
  readonly managedFiles?: readonly string[];
  readonly notes?: string;
}

type Keyless<Secret extends string> = Omit<AgentInput<Secret>, "secretName" | "authEnvVar">;

type CatalogueKey<Secret extends string, Variable extends string, DefaultVariable> =
  | ([DefaultVariable] extends [never]
      ? {
          /** The secret, by its name in the configuration's `secrets`. */
          readonly secretName: Secret;
          /** The variable that the agent reads it from, which depends on the provider. */
          readonly authEnvVar: Variable;
        }
      : {
          /** The secret, by its name in the configuration's `secrets`. */
          readonly secretName: Secret;
          /** The variable that the agent reads it from @default the entry's `defaultAuthVariable` */
          readonly authEnvVar?: Variable | undefined;
        })
  | { readonly secretName?: undefined; readonly authEnvVar?: undefined };

/** What a function of `agents` takes: the fields of an agent, none of which it has to be given. */
type CatalogueInput<
  Secret extends string = string,
  Variable extends string = string,
  DefaultVariable extends Variable = Variable,
> = Omit<Keyless<Secret>, "package"> & {
  /** The agent's package, where it is not nixpkgs'; its unfree packages are then to be given too. */
  readonly package?: AgentInput["package"] | undefined;
} & CatalogueKey<Secret, Variable, DefaultVariable>;

/** A function of `agents`. */
export type CatalogueAgent<Variable extends string, DefaultVariable extends Variable> = <
  const Secret extends string = never,
>(
  input?: CatalogueInput<Secret, Variable, DefaultVariable>,
  // The input alone says which secrets there are, not what the result is used for.
) => AgentInput<NoInfer<Secret>>;
