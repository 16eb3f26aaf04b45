import { type Catalogue, catalogue } from "../../catalogue/agents.ts";
import type { AuthVariable, CatalogueEntry } from "../../catalogue/types.ts";
import { ForageError } from "../../error.ts";
import { show } from "../../schema/show.ts";
import { suggest } from "../../schema/suggest.ts";
import type { Flake, Form } from "./forms.ts";

export type AgentName = keyof Catalogue;

export const AGENT_NAMES: readonly AgentName[] = Object.keys(catalogue) as AgentName[];

/** What a new configuration is to say. */
export interface Plan {
  readonly agents: readonly PlannedAgent[];
  /** The host's file of each secret. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly form: Form;
  readonly flake: Flake;
  /** The output's file. */
  readonly output: string;
}

export interface PlannedAgent {
  readonly name: AgentName;
  readonly entry: CatalogueEntry;
  readonly secretName: string;
  readonly authEnvVar: string;
}

/**
 * An agent by its name in the catalogue, or by the program that people type.
 *
 * @throws ForageError `usage` when there is none
 */
export function agentNamed(text: string): AgentName {
  const found =
    AGENT_NAMES.find((name) => name === text) ??
    AGENT_NAMES.find((name) => catalogue[name].program === text);
  if (found !== undefined) return found;
  const programs = AGENT_NAMES.map((name) => catalogue[name].program);
  const hint = suggest(text, [...AGENT_NAMES, ...programs], "see: forage agents");
  throw new ForageError("usage", [
    { path: [], message: `no agent is called ${show(text)} (forage agents lists them)`, hint },
  ]);
}

export const TEMPLATE = "default";
/** For somebody to replace: it depends on the host's hardware. */
export const EXTERNAL_INTERFACE = "eth0";
export const SANDBOX: { readonly name: string; readonly workspace: string } = {
  name: "dev",
  workspace: "/srv/dev",
};

/** A plan with these agents, each with the secret that it usually reads. */
export function makePlan(
  names: readonly AgentName[],
  place: Pick<Plan, "form" | "flake" | "output">,
): Plan {
  const agents = [...new Set(names)].map(planAgent);
  const secrets = new Map<string, string>();
  for (const { secretName, authEnvVar } of agents)
    if (!secrets.has(secretName)) {
      const kind = authEnvVar.endsWith("_TOKEN") ? "token" : "api-key";
      secrets.set(secretName, `/run/secrets/${secretName}-${kind}`);
    }
  return { agents, secrets, ...place };
}

function planAgent(name: AgentName): PlannedAgent {
  const entry: CatalogueEntry = catalogue[name];
  const [first = ""] = Object.keys(entry.authVariables);
  const authEnvVar = entry.defaultAuthVariable ?? first;
  const variable: AuthVariable | undefined = entry.authVariables[authEnvVar];
  return { name, entry, authEnvVar, secretName: variable?.provider ?? entry.program };
}
