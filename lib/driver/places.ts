import { fileURLToPath } from "node:url";
import { SECRETS_ROOT } from "../schema/paths.ts";

/** Where the records of sandboxes are. */
export const STATE_ROOT = "/var/lib/forage";
/** Where the locks are: on a tmpfs, because none outlives the host's run. */
export const LOCK_ROOT = "/run/forage";
/** Where units of this run of the host are. */
export const UNIT_ROOT = "/run/systemd/system";
/** Where nixos-container has its configurations, and where it had them before NixOS 22.05. */
export const CONF_ROOTS: readonly [string, string] = ["/etc/nixos-containers", "/etc/containers"];
/** The name of our addition to a container's unit. */
export const DROP_IN = "forage.conf";
/** What our lines in a container's configuration begin with; it tells our containers from others. */
export const CONF_MARK = "# Added by `forage up`.";
const PER_CONTAINER = "/nix/var/nix/profiles/per-container";
const GC_ROOTS_PER_CONTAINER = "/nix/var/nix/gcroots/per-container";
/** Where Nix notes the links elsewhere that keep a store path. */
export const INDIRECT_GC_ROOTS = "/nix/var/nix/gcroots/auto";

export const BUILD_SANDBOX: string = fileURLToPath(
  new URL("../../nix/build-sandbox.nix", import.meta.url),
);

/** Everything of a sandbox that may be on the host, by the sandbox's name. */
export interface Places {
  /** The directory of all that is ours. */
  readonly state: string;
  readonly record: string;
  /** The NixOS module that the system is built from. */
  readonly module: string;
  /** The link to the built system, which keeps it from garbage collection. */
  readonly system: string;
  readonly secrets: string;
  readonly lock: string;
  readonly unit: string;
  /** Our addition to the container's unit. */
  readonly dropIn: string;
  readonly dropInDirectory: string;
  readonly conf: string;
  /** What nixos-container makes beside its configuration. */
  readonly root: string;
  readonly profiles: string;
  readonly gcRoots: string;
}

/** @param confRoot one of `CONF_ROOTS`, the one that the host has */
export function placesOf(name: string, confRoot: string = CONF_ROOTS[0]): Places {
  const state = `${STATE_ROOT}/${name}`;
  const unit = `container@${name}.service`;
  const dropInDirectory = `${UNIT_ROOT}/${unit}.d`;
  return {
    state,
    record: `${state}/record.json`,
    module: `${state}/sandbox.nix`,
    system: `${state}/system`,
    secrets: `${SECRETS_ROOT}/${name}`,
    lock: `${LOCK_ROOT}/${name}.lock`,
    unit,
    dropIn: `${dropInDirectory}/${DROP_IN}`,
    dropInDirectory,
    conf: `${confRoot}/${name}.conf`,
    root: `${rootsOf(confRoot)}/${name}`,
    profiles: `${PER_CONTAINER}/${name}`,
    gcRoots: `${GC_ROOTS_PER_CONTAINER}/${name}`,
  };
}

/** Where the containers' root directories are. */
export function rootsOf(confRoot: string): string {
  return confRoot.replace(/^\/etc/, "/var/lib");
}

/**
 * What systemd-nspawn leaves behind when it is killed: a root directory's copy, and the lock on one; with the container's
 * name in them.
 */
export const SNAPSHOTS: readonly RegExp[] = [
  /^\.#machine\.(.+)[0-9a-f]{16}$/,
  /^\.#\.#machine\.(.+)[0-9a-f]{16}\.lck$/,
];

/** What the units of commands in a sandbox are called, so that they can be ended. */
export const RUN_UNIT_PREFIX = "forage-exec-";
