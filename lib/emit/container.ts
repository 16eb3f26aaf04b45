import { posix } from "node:path";
import { attrs, bind } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Addresses } from "../schema/addresses.ts";
import type { Sandbox } from "../schema/config-types.ts";
import { BRIDGE_ROOT, SECRETS_ROOT } from "../schema/paths.ts";
import type { Template } from "../schema/types.ts";
import { quoteWord } from "../shell/quote.ts";

export interface ContainerParts {
  readonly name: string;
  readonly sandbox: Sandbox;
  readonly template: Template;
  /** Whether its agents name any. */
  readonly hasSecrets: boolean;
  /** The ends of its link, where it has one. */
  readonly addresses: Addresses | undefined;
  /** The template's module. */
  readonly module: Nix;
  /** Whether extra-container is to let it share the host's way to the internet. */
  readonly enableWAN?: boolean | undefined;
}

/** A sandbox's `containers.<name>`. */
export function container(parts: ContainerParts): Nix {
  const { template, addresses, module, enableWAN = false, sandbox } = parts;
  const mounts = bindMountsOf(parts);
  const flags = nspawnFlags(template);
  return attrs([
    ...(sandbox.autoStart ? [bind("autoStart", true)] : []),
    ...(template.ephemeral ? [bind("ephemeral", true)] : []),
    ...network(template, addresses),
    ...(enableWAN && addresses !== undefined ? [bind(["extra", "enableWAN"], true)] : []),
    // NixOS binds the store by itself.
    ...bindMountEntries(mounts),
    ...(flags.length > 0 ? [bind("extraFlags", flags)] : []),
    bind("config", containerConfig(module, template, [...mounts.keys()])),
  ]);
}

/** The module of a container's system: the template's, and what is the container's alone. */
export function containerConfig(
  module: Nix,
  template: Template,
  mountPoints: readonly string[],
): Nix {
  const { stateVersion } = template;
  const own = [
    ...(stateVersion === undefined ? [] : [bind(["system", "stateVersion"], stateVersion)]),
    ...roomForMounts(template, mountPoints),
  ];
  return own.length === 0 ? module : attrs([bind("imports", [module]), ...own]);
}

/**
 * What gives the user the directories above a mount point deep in the home directory: systemd-nspawn makes them for root,
 * and NixOS gives only the home directory itself away.
 */
function roomForMounts({ user }: Template, mountPoints: readonly string[]): NixEntry[] {
  const home = `/home/${user.name}`;
  const parents = mountPoints.flatMap((mountPoint) => directoriesBetween(home, mountPoint));
  if (parents.length === 0) return [];
  const words = [...new Set(parents)].map(quoteWord).join(" ");
  return [
    bind(["system", "activationScripts", "roomForMounts"], {
      deps: ["users"],
      text: `install -d -o ${user.name} -g ${user.name} ${words}`,
    }),
  ];
}

/** The directories below one that lead to another. */
function directoriesBetween(above: string, below: string): string[] {
  const parent = posix.dirname(below);
  return parent.startsWith(`${above}/`) ? [...directoriesBetween(above, parent), parent] : [];
}

/** Without addresses a private network has no link at all; without a private network the host's is shared. */
function network({ network }: Template, addresses: Addresses | undefined): NixEntry[] {
  if (network === "host") return [];
  if (addresses === undefined) return [bind("privateNetwork", true)];
  return [
    bind("privateNetwork", true),
    bind("hostAddress", addresses.hostAddress),
    bind("localAddress", addresses.localAddress),
  ];
}

function bindMountEntries(mounts: Mounts): NixEntry[] {
  const [only, ...others] = mounts;
  if (only === undefined) return [];
  const [mountPoint, mount] = only;
  return [others.length > 0 ? bind("bindMounts", mounts) : bind(["bindMounts", mountPoint], mount)];
}

const DAEMON_SOCKET_DIRECTORY = "/nix/var/nix/daemon-socket";

/**
 * What systemd-nspawn is told about a sandbox beside its mounts. Through the Nix daemon, whose socket NixOS binds into every
 * container, one without a network would have the host fetch for it. The directory is closed and not the socket, because
 * the daemon's next socket would be another one.
 */
export function nspawnFlags({ network }: Template): readonly string[] {
  return network === "none" ? [`--inaccessible=${DAEMON_SOCKET_DIRECTORY}`] : [];
}

/** What of the host a sandbox sees, by mount point. */
export type Mounts = ReadonlyMap<
  string,
  { readonly hostPath: string; readonly isReadOnly: boolean }
>;

export function bindMountsOf({
  name,
  sandbox,
  template,
  hasSecrets,
}: Pick<ContainerParts, "name" | "sandbox" | "template" | "hasSecrets">): Mounts {
  const mounts = new Map<string, { hostPath: string; isReadOnly: boolean }>();
  // The directory and not its files: a file that is bound goes stale when another takes its place.
  if (hasSecrets)
    mounts.set(template.secretsMountPoint, {
      hostPath: `${SECRETS_ROOT}/${name}`,
      isReadOnly: true,
    });
  // A socket that is bound by itself would be another one's when the bridge has started again.
  if (template.auth === "bridge")
    mounts.set(BRIDGE_ROOT, { hostPath: `${BRIDGE_ROOT}/${name}`, isReadOnly: true });
  if (sandbox.workspace !== undefined)
    mounts.set(template.workspaceMountPoint, { hostPath: sandbox.workspace, isReadOnly: false });
  for (const owner of [template, sandbox])
    for (const [mountPoint, { hostPath, isReadOnly }] of Object.entries(owner.bindMounts))
      mounts.set(mountPoint, { hostPath, isReadOnly });
  return mounts;
}
