import { show } from "./show.ts";
import { brokenBy, example, isWithin, type NumberRule, type TextRule } from "./text-rule.ts";

const MIN_UID = 1000;
const MAX_UID = 65533;
const NIX_BUILD_UIDS = { minimum: 30000, maximum: 30032 };

/** The name of a sandbox, which is its container's. */
export const sandboxName: TextRule = [
  {
    // nixos-container takes no more than 11 characters and not "0"; the NixOS module refuses "_".
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,9}[a-z0-9])?$/,
    not: /^0$/,
    problem: (name) => {
      const shorter = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 11)
        .replace(/^-+|-+$/g, "");
      return {
        message: `${show(name)} cannot name a sandbox: its container takes 1 to 11 of a-z, 0-9 and -, not at either end, and not "0"`,
        hint: example(shorter === "0" ? "" : shorter, 11, "rename it"),
      };
    },
  },
];

export function isSandboxName(text: string): boolean {
  return brokenBy(text, sandboxName) === undefined;
}

/** Users and groups that every container of NixOS has; two of one name would become one. */
const NIXOS_NAMES =
  "root nobody nogroup users wheel messagebus nscd adm audio cdrom clock dialout disk floppy input keys kmem kvm lp render resolvconf sgx shadow tape tty utmp uucp video".split(
    " ",
  );

/** The name of the user that agents run as in a container. */
export const userName: TextRule = [
  {
    pattern: /^[a-z_][a-z0-9_-]{0,30}$/,
    problem: (name) => ({
      message: `${show(name)} cannot name the agents' user: 1 to 31 of a-z, 0-9, _ and -, not starting with a digit or "-"`,
      hint: 'write "agent"',
    }),
  },
  {
    not: new RegExp(`^(?:nixbld|systemd-)|^(?:${NIXOS_NAMES.join("|")})$`),
    problem: (name) => ({
      message: `${show(name)} cannot name the agents' user: NixOS has a user or a group of its own by such a name`,
      hint: 'write "agent"',
    }),
  },
];

/** The number of the user that agents run as in a container. */
export const userId: NumberRule = {
  minimum: MIN_UID,
  maximum: MAX_UID,
  not: NIX_BUILD_UIDS,
  problem: (uid) => ({
    message: isWithin(uid, NIX_BUILD_UIDS)
      ? `${uid} cannot be the agents' user id: Nix's build users have those from ${NIX_BUILD_UIDS.minimum} to ${NIX_BUILD_UIDS.maximum}`
      : // Root in the container could mount the secrets again, writable.
        `${uid} cannot be the agents' user id: a whole number from ${MIN_UID} to ${MAX_UID}, not root's 0 or another of the system's`,
    hint: "write 1000",
  }),
};

/** A release of NixOS, for `system.stateVersion`. */
export const stateVersion: TextRule = [
  {
    // The months that there have been releases in.
    pattern: /^[0-9]{2}\.(?:0[3459]|1[0-2])$/,
    problem: (version) => ({
      message: `${show(version)} is no release of NixOS: a year and the month of a release, of two digits each`,
      hint: 'write the release that the state is from, such as "25.11"',
    }),
  },
];

const AN_INTERFACE = 'write what `ip link` calls it, such as "eth0"';

/** A network interface of a host, with other machines behind it. */
export const interfaceName: TextRule = [
  {
    pattern: /^[A-Za-z0-9._@-]{1,15}$/,
    not: /^\.\.?$/,
    problem: (name) => ({
      message: `${show(name)} cannot name a network interface: 1 to 15 letters, digits and . _ @ -, and not "." or ".."`,
      hint: AN_INTERFACE,
    }),
  },
  {
    not: /^lo$/,
    problem: (name) => ({
      message: `${show(name)} leads to no other machine: it is the host's loopback interface`,
      hint: AN_INTERFACE,
    }),
  },
];

const OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/** The IPv4 address of one machine, without the length of a prefix. */
export const ipv4Address: TextRule = [
  {
    pattern: new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`),
    problem: (address) => ({
      message: `${show(address)} is no IPv4 address: four numbers from 0 to 255`,
      hint: 'write one such as "10.233.7.1", without a "/" and a length',
    }),
  },
  {
    not: /^(?:0|127|22[4-9]|2[3-5][0-9])\./,
    problem: (address) => ({
      message: `${show(address)} cannot be an end of a link: those with 0, 127 or 224 and above in front are no single machine's`,
      hint: 'write one of a private network, such as "10.233.7.1"',
    }),
  },
];

/** An address of the host that others may connect to, which is one and not all of them. */
export const listenAddress: TextRule = [
  {
    pattern: new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`),
    not: /^(?:0|22[4-9]|2[3-5][0-9])\./,
    problem: (address) => ({
      message: `${show(address)} is no address to listen at: an IPv4 address of this host, and not "0.0.0.0" for all`,
      hint: 'write one such as "127.0.0.1"',
    }),
  },
];
