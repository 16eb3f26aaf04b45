import type { Endpoint } from "./bridge-types.ts";
import { frozen } from "./frozen.ts";
import { fieldOf } from "./members.ts";
import { isRecord } from "./parts.ts";

/** What the variable of a key holds instead of one; the word keeps it from being taken for a live key. */
export const PLACEHOLDER = "forage-bridge-placeholder";

const OPENAI_BASE = { OPENAI_BASE_URL: "{url}/v1", OPENAI_API_BASE: "{url}/v1" };

/** How agents are told that read their keys from these variables, unless their definitions say something else. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = frozen({
  ANTHROPIC_API_KEY: {
    provider: "anthropic",
    env: { ANTHROPIC_BASE_URL: "{url}" },
    placeholder: `sk-ant-${PLACEHOLDER}`,
  },
  // A token for whichever gateway it is.
  ANTHROPIC_AUTH_TOKEN: { env: { ANTHROPIC_BASE_URL: "{url}" } },
  CLAUDE_CODE_OAUTH_TOKEN: { provider: "anthropic-oauth", env: { ANTHROPIC_BASE_URL: "{url}" } },
  OPENAI_API_KEY: { provider: "openai", env: OPENAI_BASE, placeholder: `sk-${PLACEHOLDER}` },
  GEMINI_API_KEY: { provider: "google", env: { GOOGLE_GEMINI_BASE_URL: "{url}" } },
  GITHUB_TOKEN: { provider: "github", env: { GITHUB_API_URL: "{url}" } },
  AMP_API_KEY: { unavailable: "Amp takes the host of AMP_URL, and drops its path" },
  CURSOR_API_KEY: {
    unavailable: "the Cursor CLI has no setting for another address than its provider's",
  },
  COPILOT_GITHUB_TOKEN: {
    unavailable:
      "Copilot CLI exchanges that token at GitHub itself; it takes another address only together with COPILOT_PROVIDER_API_KEY",
  },
  GH_TOKEN: { unavailable: "gh takes another address only with https" },
});

/** How an agent is told about one of its keys, which may be as a caller passed it. */
export function endpointOf(agent: unknown, variable: string): Endpoint | undefined {
  const own = fieldOf(agent, "endpoints");
  if (isRecord(own) && Object.hasOwn(own, variable)) return own[variable] as Endpoint;
  return Object.hasOwn(ENDPOINTS, variable) ? ENDPOINTS[variable] : undefined;
}

/** A text of an endpoint with what its names in braces stand for. */
export function endpointText(text: string, port: number, credential: string): string {
  const [origin, path] = [`http://127.0.0.1:${port}`, `/${credential}`];
  return text
    .replaceAll("{url}", origin + path)
    .replaceAll("{origin}", origin)
    .replaceAll("{path}", path);
}

/** One of an agent's keys: the variable that it reads it from, and the credential that takes its place. */
export interface Key {
  readonly variable: string;
  readonly credential: string;
  readonly endpoint: Endpoint;
}

/** The variables of an agent that asks the bridge. */
export interface BridgeVariables {
  readonly values: ReadonlyMap<string, string>;
  /** Those that are to have two values at once. */
  readonly clashes: readonly string[];
}

/** What stands in for the keys, how the agent is told about each, and its own variables, in this order. */
export function bridgeVariables(
  keys: readonly Key[],
  env: Readonly<Record<string, string>>,
  port: number,
): BridgeVariables {
  const placeholders = keys.map(
    ({ variable, endpoint }) => [variable, endpoint.placeholder ?? PLACEHOLDER] as const,
  );
  const told = keys.flatMap(({ credential, endpoint }) =>
    Object.entries(endpoint.env ?? {}).map(
      ([variable, text]) => [variable, endpointText(text, port, credential)] as const,
    ),
  );
  const values = new Map<string, string>();
  const clashes = new Set<string>();
  for (const [variable, value] of [...placeholders, ...told, ...Object.entries(env)]) {
    const known = values.get(variable);
    const both = known === undefined ? value : mergedValues(known, value);
    if (both === undefined) clashes.add(variable);
    else values.set(variable, both);
  }
  return { values, clashes: [...clashes] };
}

/** One value out of two; undefined where they cannot be one. */
function mergedValues(one: string, other: string): string | undefined {
  if (one === other) return one;
  const [left, right] = [jsonObject(one), jsonObject(other)];
  const merged = left && right && mergedObjects(left, right);
  return merged && JSON.stringify(merged);
}

type JsonObject = Readonly<Record<string, unknown>>;

function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function mergedObjects(left: JsonObject, right: JsonObject): JsonObject | undefined {
  const merged = new Map(Object.entries(left));
  for (const [name, value] of Object.entries(right)) {
    const known = merged.get(name);
    const both = isRecord(known) && isRecord(value) ? mergedObjects(known, value) : undefined;
    if (known !== undefined && both === undefined && known !== value) return undefined;
    merged.set(name, both ?? value);
  }
  return Object.fromEntries(merged);
}
