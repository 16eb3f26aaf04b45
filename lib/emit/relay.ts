import { bind, ref, str } from "../nix/index.ts";
import type { NixEntry } from "../nix/tree.ts";
import type { BridgeCredential } from "../schema/bridge-types.ts";
import type { Config } from "../schema/config-types.ts";
import { BRIDGE_ROOT } from "../schema/paths.ts";
import type { Template } from "../schema/types.ts";
import { credentialNamesOf } from "./keys.ts";

/** The name of the bridge's units: in a sandbox of what leads there, on the host of the bridge itself. */
export const BRIDGE_UNIT = "forage-bridge";

/** The socket's name in its directory, which is bound into the sandbox. */
export const BRIDGE_SOCKET = "bridge.sock";

/**
 * What leads from a sandbox's own loopback interface to the bridge's socket, which agents cannot ask.
 *
 * Of what shuts a service off, this is what works in containers too, where the kernel lets nobody make user namespaces.
 */
export function relay({ bridge }: Template): NixEntry[][] {
  if (bridge === undefined) return [];
  const socket = [`${BRIDGE_UNIT}.socket`];
  const systemd = ref("config", "systemd", "package");
  return [
    [
      bind(["systemd", "sockets", BRIDGE_UNIT], {
        description: "Where agents find the bridge",
        wantedBy: ["sockets.target"],
        listenStreams: [`127.0.0.1:${bridge.port}`],
      }),
      bind(["systemd", "services", BRIDGE_UNIT], {
        description: "Way to the bridge on the host",
        requires: socket,
        after: socket,
        serviceConfig: {
          ExecStart: str`${systemd}/lib/systemd/systemd-socket-proxyd ${BRIDGE_ROOT}/${BRIDGE_SOCKET}`,
          CapabilityBoundingSet: "",
          DynamicUser: true,
          LockPersonality: true,
          MemoryDenyWriteExecute: true,
          PrivateDevices: true,
          ProtectControlGroups: true,
          ProtectHome: true,
          ProtectKernelTunables: true,
          RestrictAddressFamilies: ["AF_INET", "AF_UNIX"],
          RestrictNamespaces: true,
          RestrictRealtime: true,
          SystemCallArchitectures: "native",
          SystemCallFilter: ["@system-service", "~@privileged"],
        },
      }),
    ],
  ];
}

/** A credential with which git reaches a host. */
export interface GitCredential {
  readonly name: string;
  /** The host's address. */
  readonly upstream: string;
}

/** Those of a template's credentials that are for git. */
export function gitCredentialsOf({ bridge }: Config, template: Template): readonly GitCredential[] {
  return credentialNamesOf(template).flatMap((name) => {
    const credential: BridgeCredential | undefined = bridge?.credentials[name];
    return credential !== undefined && isForGit(credential)
      ? { name, upstream: credential.provider.upstream }
      : [];
  });
}

/** A provider that lets git fetch is one for git, whatever its host. */
function isForGit({ provider, policy }: BridgeCredential): boolean {
  return (policy.allow ?? provider.allow).some((request) => request.endsWith("/git-upload-pack"));
}

/** Git in a sandbox that asks the bridge instead, also where a repository says the host's address for ssh. */
export function gitThroughBridge(
  { bridge }: Template,
  credentials: readonly GitCredential[],
): NixEntry[] {
  if (bridge === undefined || credentials.length === 0) return [];
  const urls = credentials.map(({ name, upstream }) => {
    const { hostname } = new URL(upstream);
    const insteadOf = [`${upstream}/`, `git@${hostname}:`, `ssh://git@${hostname}/`];
    return [`http://127.0.0.1:${bridge.port}/${name}/`, { insteadOf }] as const;
  });
  return [bind(["programs", "git"], { enable: true, config: { url: new Map(urls) } })];
}
