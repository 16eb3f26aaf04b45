import type { Provider } from "../../../lib/schema/bridge-types.ts";
import { PROVIDERS, type ProviderName } from "../../../lib/schema/providers.ts";

/** A known provider, at a server of the tests. */
export function providerAt(
  name: ProviderName,
  upstream: string,
  changes: Partial<Provider> = {},
): Provider {
  return { ...PROVIDERS[name], upstream, allowPrivateAddress: true, ...changes };
}

/** One that takes whatever it is asked. */
export function anyAt(upstream: string, changes: Partial<Provider> = {}): Provider {
  return providerAt("amp", upstream, {
    allow: ["GET /**", "POST /**", "HEAD /**"],
    allowHttp: true,
    ...changes,
  });
}
