import { attrs, bind } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Sandbox } from "../schema/config-types.ts";
import { SECRETS_ROOT } from "../schema/paths.ts";
import type { Template } from "../schema/types.ts";
import { secretNamesOf } from "./secrets.ts";

/**
 * A sandbox's `containers.<name>`.
 *
 * @param config the container's own NixOS configuration
 */
export function container(name: string, sandbox: Sandbox, template: Template, config: Nix): Nix {
  const mounts = bindMountsOf(name, sandbox, template);
  return attrs([
    ...(sandbox.autoStart ? [bind("autoStart", true)] : []),
    ...(template.ephemeral ? [bind("ephemeral", true)] : []),
    ...network(sandbox, template),
    // NixOS binds the store by itself.
    ...bindMountEntries(mounts),
    bind("config", config),
  ]);
}

/** Without addresses a private network has no link at all; without a private network the host's is shared. */
function network(sandbox: Sandbox, { network }: Template): NixEntry[] {
  if (network === "host") return [];
  const { hostAddress, localAddress } = sandbox;
  return [
    bind("privateNetwork", true),
    ...(hostAddress === undefined ? [] : [bind("hostAddress", hostAddress)]),
    ...(localAddress === undefined ? [] : [bind("localAddress", localAddress)]),
  ];
}

function bindMountEntries(mounts: Mounts): NixEntry[] {
  const [only, ...others] = mounts;
  if (only === undefined) return [];
  const [mountPoint, mount] = only;
  return [others.length > 0 ? bind("bindMounts", mounts) : bind(["bindMounts", mountPoint], mount)];
}

/** What of the host a sandbox sees, by mount point. */
type Mounts = ReadonlyMap<string, { readonly hostPath: string; readonly isReadOnly: boolean }>;

function bindMountsOf(name: string, sandbox: Sandbox, template: Template): Mounts {
  const mounts = new Map<string, { hostPath: string; isReadOnly: boolean }>();
  // The directory and not its files: a file that is bound goes stale when another takes its place.
  if (secretNamesOf(template).length > 0)
    mounts.set(template.secretsMountPoint, {
      hostPath: `${SECRETS_ROOT}/${name}`,
      isReadOnly: true,
    });
  if (sandbox.workspace !== undefined)
    mounts.set(template.workspaceMountPoint, { hostPath: sandbox.workspace, isReadOnly: false });
  for (const owner of [template, sandbox])
    for (const [mountPoint, { hostPath, isReadOnly }] of Object.entries(owner.bindMounts))
      mounts.set(mountPoint, { hostPath, isReadOnly });
  return mounts;
}
