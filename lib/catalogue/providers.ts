import type { Endpoint } from "../schema/bridge-types.ts";
import { ENDPOINTS, PLACEHOLDER } from "../schema/endpoints.ts";
import { PROVIDERS, type ProviderName } from "../schema/providers.ts";
import type { AuthVariable } from "./types.ts";

type Shown = Omit<AuthVariable, "endpoint">;

/** A known provider's key, and how the agent is told to ask the bridge instead. */
export function keyOf(
  name: ProviderName,
  told: Pick<Endpoint, "env" | "args">,
  keyPrefix?: string,
): AuthVariable {
  const prefixed = keyPrefix === undefined ? {} : { placeholder: keyPrefix + PLACEHOLDER };
  return {
    ...shown(name),
    ...(keyPrefix !== undefined && { keyPrefix }),
    endpoint: { provider: name, ...told, ...prefixed },
  };
}

/** The same, of an agent that is told as any other is. */
export function keyAsUsual(name: ProviderName, variable: string): AuthVariable {
  return { ...shown(name), endpoint: ENDPOINTS[variable] ?? {} };
}

/** The same, of an agent that cannot be told. */
export function keyOfNoOther(name: ProviderName, unavailable: string): AuthVariable {
  return { ...shown(name), endpoint: { unavailable } };
}

function shown(name: ProviderName): Shown {
  const { header, scheme } = PROVIDERS[name];
  return { provider: name, header, ...(scheme === "Bearer" && { scheme }) };
}

/** A key that goes in `authorization`. */
export function bearer(provider: string): Shown {
  return { provider, header: "authorization", scheme: "Bearer" };
}
