import { type LookupAddress, type LookupOptions, lookup as lookUp } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses that are of this host or its own networks, or no host's at all (IANA's special-purpose registries). */
const NOT_PUBLIC = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001:db8::", 32],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  NOT_PUBLIC.addSubnet(net, prefix, "ipv6");

/** A URL's host as an address is written elsewhere: IPv6 without its brackets. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Whether an address is one on the internet; also of those written inside another one. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !NOT_PUBLIC.check(address, "ipv4");
  if (version !== 6) return false;
  const inner = /^(?:::ffff:|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i.exec(normal(address))?.[1];
  if (inner !== undefined) return isPublic(inner);
  return !NOT_PUBLIC.check(address, "ipv6");
}

/** With the last four bytes of a mapped or translated address in decimal. */
function normal(address: string): string {
  const found = /^(::ffff:|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address);
  if (found === null) return address;
  const [high, low] = [found[2], found[3]].map((part) => Number.parseInt(part as string, 16)) as [
    number,
    number,
  ];
  return `${found[1]}${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The code of the error of a name that leads to none. */
export const PRIVATE_ADDRESS = "EPRIVATEADDRESS";

/** A name leads to what its owner says, hence this is asked after the lookup, of the address that is connected to. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...(options as LookupOptions), all: true }, (error, found) => {
    if (error) return callback(error, []);
    const addresses = (found as LookupAddress[]).filter(({ address }) => isPublic(address));
    const [first] = addresses;
    if (first === undefined) {
      const refused: NodeJS.ErrnoException = new Error(`${hostname} is at no public address`);
      refused.code = PRIVATE_ADDRESS;
      return callback(refused, []);
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
