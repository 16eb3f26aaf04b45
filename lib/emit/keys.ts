import { endpointOf, type Key } from "../schema/endpoints.ts";
import type { Agent, Template } from "../schema/types.ts";
import { byBytes } from "./secrets.ts";

/** The keys of an agent, each with how it is told to ask the bridge. */
export function keysOf(agent: Agent): readonly Key[] {
  return agent.secrets.flatMap(({ variable, secretName: credential }) => {
    const endpoint = endpointOf(agent, variable);
    return endpoint === undefined ? [] : { variable, credential, endpoint };
  });
}

/** The credentials that a template's sandboxes may use, each once, in the order of their bytes. */
export function credentialNamesOf({ auth, agents, bridge }: Template): readonly string[] {
  if (auth !== "bridge") return [];
  const named = Object.values(agents).flatMap(({ secrets }) =>
    secrets.map(({ secretName }) => secretName),
  );
  return [...new Set([...named, ...(bridge?.credentials ?? [])])].toSorted(byBytes);
}
