import type { Diagnostic, Path } from "../error.ts";
import { usesBridge } from "./endpoint-rules.ts";
import { fieldOf, membersOf } from "./members.ts";
import { BRIDGE_ROOT, mountPoint } from "./paths.ts";
import { show } from "./show.ts";
import { DEFAULT_SECRETS_MOUNT_POINT, DEFAULT_WORKSPACE_MOUNT_POINT } from "./template.ts";
import { brokenBy } from "./text-rule.ts";

// Like rules.ts, these read what a caller passed.

interface Mount {
  readonly mountPoint: unknown;
  readonly path: Path;
  /** Who has the mount point, as a message says it. */
  readonly of: string;
}

/** Where a template's sandboxes have something of the host: what every one has first, so that messages are about the rest. */
export function templateMounts(template: unknown, path: Path): Mount[] {
  return [
    usesBridge(template)
      ? { mountPoint: BRIDGE_ROOT, path: [...path, "auth"], of: "the bridge" }
      : {
          mountPoint: fieldOf(template, "secretsMountPoint") ?? DEFAULT_SECRETS_MOUNT_POINT,
          path: [...path, "secretsMountPoint"],
          of: "the secrets",
        },
    {
      mountPoint: fieldOf(template, "workspaceMountPoint") ?? DEFAULT_WORKSPACE_MOUNT_POINT,
      path: [...path, "workspaceMountPoint"],
      of: "the workspace",
    },
    ...boundMounts(template, path, "the template's bindMounts"),
  ];
}

export function sandboxMounts(sandbox: unknown, path: Path): Mount[] {
  return boundMounts(sandbox, path, "the sandbox's bindMounts");
}

function boundMounts(owner: unknown, path: Path, of: string): Mount[] {
  return membersOf(fieldOf(owner, "bindMounts"), [...path, "bindMounts"]).map(
    ([, at, mountPoint]) => ({ mountPoint, path: at, of }),
  );
}

/**
 * Refuses two mounts at one place, or one within another: where the outer one is read-only, systemd-nspawn cannot make the
 * inner mount point, and where it is not, an agent could put a link in its place.
 */
export function checkMounts(mounts: readonly Mount[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen: Mount[] = [];
  // What breaks a rule by itself is said there.
  for (const mount of mounts.filter(isPossible)) {
    const problem = seen.map((other) => clash(mount, other)).find((one) => one !== undefined);
    if (problem === undefined) seen.push(mount);
    else found.push({ path: mount.path, message: problem, hint: "choose one beside it" });
  }
  return found;
}

function isPossible({ mountPoint: path }: Mount): boolean {
  return typeof path === "string" && brokenBy(path, mountPoint) === undefined;
}

function clash({ mountPoint: place }: Mount, other: Mount): string | undefined {
  if (place === other.mountPoint)
    return `the mount point ${show(place)} is that of ${other.of} already`;
  if (isBelow(place, other.mountPoint))
    return `the mount point ${show(place)} is within that of ${other.of}, ${show(other.mountPoint)}`;
  if (isBelow(other.mountPoint, place))
    return `the mount point ${show(place)} has that of ${other.of} within, ${show(other.mountPoint)}`;
  return undefined;
}

function isBelow(inner: unknown, outer: unknown): boolean {
  return typeof inner === "string" && typeof outer === "string" && inner.startsWith(`${outer}/`);
}

interface HostPath {
  readonly hostPath: string;
  readonly path: Path;
  readonly isWritable: boolean;
}

/**
 * Refuses paths of the host that an agent could exchange for a link to any other file, because they lie below a directory
 * that some sandbox may write; and directories that hold a secret's file.
 */
export function checkHostPaths(config: unknown): Diagnostic[] {
  const secrets = membersOf(fieldOf(config, "secrets"), ["secrets"]).flatMap(
    ([file, path, name]) => (typeof file === "string" ? [{ hostPath: file, path, name }] : []),
  );
  const bound = ["templates", "sandboxes"].flatMap((kind) =>
    membersOf(fieldOf(config, kind), [kind]).flatMap(([owner, path]) => hostPathsOf(owner, path)),
  );
  const writable = bound.flatMap(({ hostPath, isWritable }) =>
    isWritable ? [`${hostPath}/`] : [],
  );
  return [
    ...[...secrets, ...bound].flatMap(({ hostPath, path }) => {
      const above = writable.find((directory) => hostPath.startsWith(directory));
      if (above === undefined) return [];
      return {
        path,
        message: `${show(hostPath)} is below ${show(above.slice(0, -1))}, which a sandbox may write: its agent could put a link to any file of the host there`,
        hint: "choose a place that no sandbox may write",
      };
    }),
    ...bound.flatMap(({ hostPath, path, isWritable }) => {
      const held = secrets.find(
        (one) =>
          one.hostPath === hostPath || (!isWritable && one.hostPath.startsWith(`${hostPath}/`)),
      );
      if (held === undefined) return [];
      return {
        path,
        message: `${show(hostPath)} holds the file of the secret ${show(held.name)}`,
        hint: "choose a directory of its own: a sandbox has the secrets that its agents name without that",
      };
    }),
  ];
}

function hostPathsOf(owner: unknown, path: Path): HostPath[] {
  const workspace = fieldOf(owner, "workspace");
  const mounts = membersOf(fieldOf(owner, "bindMounts"), [...path, "bindMounts"]);
  const all = [
    { hostPath: workspace, path: [...path, "workspace"], isWritable: true },
    ...mounts.map(([mount, at]) => ({
      hostPath: fieldOf(mount, "hostPath"),
      path: [...at, "hostPath"],
      isWritable: fieldOf(mount, "isReadOnly") === false,
    })),
  ];
  return all.flatMap(({ hostPath, ...rest }) =>
    typeof hostPath === "string" ? [{ hostPath, ...rest }] : [],
  );
}
