/** The two ends of the link between the host and a sandbox. */
export interface Addresses {
  readonly hostAddress: string;
  readonly localAddress: string;
}

const NETWORKS = 256;
const PAIRS_EACH = 63;
/** More sandboxes than these cannot have addresses of their own. */
export const PAIRS: number = NETWORKS * PAIRS_EACH;

/**
 * Addresses of 10.233.0.0/16, nixos-container's own range, for sandboxes that say none. A name keeps its pair whatever
 * other sandboxes come and go, unless two names want the same one: then the later in byte order takes the next that is
 * free.
 *
 * @param taken addresses that other sandboxes have
 */
export function assignAddresses(
  names: readonly string[],
  taken: ReadonlySet<string>,
): ReadonlyMap<string, Addresses> {
  const used = new Set(taken);
  const assigned = new Map<string, Addresses>();
  for (const name of names.toSorted(byBytes)) {
    const wanted = hash(name) % PAIRS;
    for (let step = 0; step < PAIRS; step++) {
      const pair = pairAt((wanted + step) % PAIRS);
      if (used.has(pair.hostAddress) || used.has(pair.localAddress)) continue;
      used.add(pair.hostAddress).add(pair.localAddress);
      assigned.set(name, pair);
      break;
    }
  }
  return assigned;
}

function pairAt(index: number): Addresses {
  const network = `10.233.${Math.floor(index / PAIRS_EACH)}`;
  // nixos-container gives .1 and .2 to the containers that it makes by itself.
  const first = 4 * ((index % PAIRS_EACH) + 1);
  return { hostAddress: `${network}.${first + 1}`, localAddress: `${network}.${first + 2}` };
}

/** FNV-1a, because it is short: any hash that spreads short names will do, as long as it stays the same. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name))
    value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** Names are ASCII, where this is the order of their bytes. */
function byBytes(one: string, other: string): number {
  return one < other ? -1 : 1;
}
