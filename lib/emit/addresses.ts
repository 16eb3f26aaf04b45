import { type Addresses, assignAddresses } from "../schema/addresses.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import { checkedConfig, templateOf } from "./choose.ts";

/**
 * The addresses of every sandbox that has a link to the host: those that it says, or the pair that goes with its name.
 *
 * @throws ForageError `definition` when the configuration is not one that `defineConfig` made
 * @example
 * addressesOf(config).get("alice"); // { hostAddress: "10.233.194.169", localAddress: "10.233.194.170" }
 */
export function addressesOf<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
): ReadonlyMap<string, Addresses> {
  const checked = checkedConfig(config as unknown as Config);
  const linked = Object.entries<Sandbox>(checked.sandboxes).filter(
    ([, { template }]) => templateOf(checked, template).network === "private",
  );
  const given = new Map<string, Addresses>();
  for (const [name, { hostAddress, localAddress }] of linked)
    if (hostAddress !== undefined && localAddress !== undefined)
      given.set(name, { hostAddress, localAddress });
  const taken = [...given.values()].flatMap(({ hostAddress, localAddress }) => [
    hostAddress,
    localAddress,
  ]);
  const wanting = linked.map(([name]) => name).filter((name) => !given.has(name));
  return new Map([...given, ...assignAddresses(wanting, new Set(taken))]);
}
