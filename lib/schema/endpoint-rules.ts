import type { Diagnostic, Path } from "../error.ts";
import { DEFAULT_PORT } from "./bridge.ts";
import { bridgeVariables, endpointOf, type Key } from "./endpoints.ts";
import { fieldOf, membersOf } from "./members.ts";
import { isRecord } from "./parts.ts";
import { agentsOf, type SecretUse, secretUses } from "./secret-uses.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";

// Like rules.ts, these read what a caller passed.

/** Whether the sandboxes of what may be a template have a bridge in the place of secrets. */
export function usesBridge(template: unknown): boolean {
  return fieldOf(template, "auth") === "bridge";
}

/** Whether an agent's endpoints are about keys that it has. */
export function checkEndpointVariables(agent: unknown, path: Path): Diagnostic[] {
  const variables = secretUses(agent, path).flatMap(({ variable }) =>
    typeof variable === "string" ? variable : [],
  );
  return membersOf(fieldOf(agent, "endpoints"), [...path, "endpoints"])
    .filter(([, , name]) => !variables.includes(name))
    .map(([, at, name]) => ({
      path: at,
      message: `the agent reads no secret from the variable ${show(name)}`,
      hint: suggest(name, variables, 'name that one in "authEnvVar" or "secrets", or leave it out'),
    }));
}

/** What a template's fields say together about the bridge. */
export function checkTemplateBridge(template: unknown, path: Path): Diagnostic[] {
  if (usesBridge(template))
    return agentsOf(template, path).flatMap(([agent, at]) => checkAgent(agent, at, template));
  if (fieldOf(template, "bridge") === undefined) return [];
  return [
    {
      path: [...path, "bridge"],
      message: "the template's sandboxes have secrets, and no bridge",
      hint: 'write auth: "bridge", or leave it out',
    },
  ];
}

function checkAgent(agent: unknown, path: Path, template: unknown): Diagnostic[] {
  const uses = secretUses(agent, path);
  const untold = uses.flatMap((use) => checkKey(agent, use));
  const { clashes } = bridgeVariables(keysOf(agent, uses), textsOf(agent, "env"), portOf(template));
  return [
    ...untold,
    ...clashes.map((variable) => ({
      path,
      message: `the variable ${show(variable)} would have to hold two values: asking the bridge takes one, and another key, or "env", another`,
      hint: 'leave one of them out, or say what it is to be in "endpoints"',
    })),
  ];
}

function checkKey(agent: unknown, { variable, variablePath }: SecretUse): Diagnostic[] {
  if (typeof variable !== "string") return [];
  const endpoint: unknown = endpointOf(agent, variable);
  if (endpoint === undefined)
    return [
      {
        path: variablePath,
        message: `nobody knows how an agent with its key in ${show(variable)} is told to ask the bridge`,
        hint: `say it: endpoints: { ${variable}: { provider: "openai", env: { OPENAI_BASE_URL: "{url}/v1" } } }`,
      },
    ];
  const reason = fieldOf(endpoint, "unavailable");
  if (typeof reason !== "string") return [];
  return [
    {
      path: variablePath,
      message: `an agent with its key in ${show(variable)} cannot ask the bridge: ${reason}`,
      hint: 'give it a template with auth: "secrets", or, for git, name a credential in the template\'s "bridge"',
    },
  ];
}

function keysOf(agent: unknown, uses: readonly SecretUse[]): Key[] {
  return uses.flatMap(({ variable, secret }) => {
    if (typeof variable !== "string" || typeof secret !== "string") return [];
    const endpoint: unknown = endpointOf(agent, variable);
    const placeholder = fieldOf(endpoint, "placeholder");
    return {
      variable,
      credential: secret,
      endpoint: {
        env: textsOf(endpoint, "env"),
        ...(typeof placeholder === "string" && { placeholder }),
      },
    };
  });
}

function textsOf(owner: unknown, field: string): Readonly<Record<string, string>> {
  const texts = fieldOf(owner, field);
  if (!isRecord(texts)) return {};
  return Object.fromEntries(
    Object.entries(texts).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

/** Where a template's sandboxes find the bridge. */
export function portOf(template: unknown): number {
  const port = fieldOf(fieldOf(template, "bridge"), "port");
  return typeof port === "number" ? port : DEFAULT_PORT;
}
