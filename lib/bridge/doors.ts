import { mkdir, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { BRIDGE_SOCKET } from "../emit/relay.ts";
import type { Caller } from "./proxy.ts";
import { listen, listenAtPath } from "./sockets.ts";

/** The sandboxes' ways in: a socket for each, by which it is known. */
export interface Doors {
  /** Opens one, or has the one that is open lead elsewhere. */
  readonly open: (caller: Caller) => Promise<void>;
  readonly close: (sandbox: string) => Promise<void>;
  readonly names: () => readonly string[];
  readonly servers: () => readonly Server[];
}

export interface DoorsOptions {
  readonly directory: string;
  /** Sockets that are open already. */
  readonly sockets: ReadonlyMap<string, number>;
  /** Whether other processes listen at the same sockets. */
  readonly isShared: boolean;
  /** A server whose requests are of whoever it is told at the time. */
  readonly createServer: (caller: () => Caller | undefined) => Server;
}

/** Everybody may: the directory above lets in only root, the bridge, and the sandbox that it is bound into. */
const FOR_ALL = 0o666;

export function createDoors(options: DoorsOptions): Doors {
  const { directory, sockets, isShared, createServer } = options;
  const servers = new Map<string, Server>();
  const callers = new Map<string, Caller>();
  return {
    open: async (caller) => {
      const { sandbox } = caller;
      callers.set(sandbox, caller);
      if (servers.has(sandbox)) return;
      const server = createServer(() => callers.get(sandbox));
      const passed = sockets.get(sandbox);
      if (passed === undefined) {
        await mkdir(`${directory}/${sandbox}`, { recursive: true, mode: 0o755 });
        const path = `${directory}/${sandbox}/${BRIDGE_SOCKET}`;
        await listenAtPath(server, path, FOR_ALL, isShared);
      } else await listen(server, { fd: passed }, `the socket of ${sandbox}`);
      servers.set(sandbox, server);
    },
    close: async (sandbox) => {
      callers.delete(sandbox);
      // One that systemd has opened is systemd's to close.
      if (sockets.has(sandbox)) return;
      const server = servers.get(sandbox);
      servers.delete(sandbox);
      server?.close();
      server?.closeAllConnections();
      await rm(`${directory}/${sandbox}`, { recursive: true, force: true });
    },
    names: () => [...callers.keys()].toSorted(),
    servers: () => [...servers.values()],
  };
}
