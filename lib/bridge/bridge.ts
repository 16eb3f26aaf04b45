import { mkdir } from "node:fs/promises";
import type { IncomingMessage, Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { BridgeSetup, Grant } from "../schema/bridge-setup.ts";
import { BRIDGE_ROOT } from "../schema/paths.ts";
import { createAdmin } from "./admin.ts";
import { openAudit } from "./audit/log.ts";
import { createDoors } from "./doors.ts";
import type { Hooks } from "./hooks.ts";
import type { Limiter } from "./limits/limiter.ts";
import { type OpenLimiter, openLimiter } from "./limits/stores.ts";
import { createMetrics } from "./metrics.ts";
import { type BridgeState, NO_PEERS, type Peers, problemOf } from "./peers.ts";
import { ADMIN_SOCKET, REGISTERED } from "./places.ts";
import { type Caller, noteTurnedAway, serve, type Works } from "./proxy.ts";
import { CLOSING, NO_AUDIT } from "./refusals.ts";
import { checkGrant, registryIn } from "./registry.ts";
import { type Backend, routesOf } from "./route.ts";
import { type Behind, createDoor } from "./server.ts";
import { listen, listenAtPath } from "./sockets.ts";
import { callerOf, type TokenHolder } from "./tokens.ts";
import { openUpstream } from "./upstream/upstream.ts";
import { priceTable } from "./usage/prices.ts";
import { commandValue, fileValue, type RunCommand, type Value } from "./values.ts";

export interface BridgeOptions {
  /** Where its sockets are @default "/run/forage-bridge" */
  readonly directory?: string | undefined;
  /** What the user's own module says of requests and answers @default nothing */
  readonly hooks?: Hooks | undefined;
  /** Runs the programs of `command` sources; without it they give nothing. */
  readonly runCommand?: RunCommand | undefined;
  /** Sockets that are open already, by the sandboxes' names @default none */
  readonly sockets?: ReadonlyMap<string, number> | undefined;
  /** What goes wrong that no request is told in full; never a secret. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** What counts the calls, where several processes share that @default counters of this process, or of `redis` */
  readonly limiter?: Limiter | undefined;
  /** Which of several processes this is; the first one answers the administrator @default 0 */
  readonly worker?: number | undefined;
  /** The others, where there are any. */
  readonly peers?: Peers | undefined;
}

/** A bridge that runs. */
export interface Bridge {
  readonly register: (name: string, grant: Grant) => Promise<void>;
  readonly unregister: (name: string) => Promise<void>;
  readonly sandboxes: () => readonly string[];
  /** What this process has counted, and whether it can log. */
  readonly state: () => BridgeState;
  /** Takes no more requests, and lets those under way finish, for as many seconds as are given @default 600 */
  readonly close: (graceSeconds?: number) => Promise<void>;
}

/**
 * Starts a bridge: a proxy that shows the credentials of a setup to their providers, for the sandboxes that may use them.
 *
 * @throws ForageError `host` when it cannot listen or log, `busy` when another one does
 * @example
 * const bridge = await startBridge(bridgeSetup(config, { directory: process.cwd() }));
 */
export async function startBridge(
  setup: BridgeSetup,
  options: BridgeOptions = {},
): Promise<Bridge> {
  const { directory = BRIDGE_ROOT, hooks = {}, worker = 0, peers = NO_PEERS } = options;
  const warn = options.onWarning ?? (() => undefined);
  const backends = openBackends(setup, options.runCommand);
  const log = await openAudit({ ...setup.audit, name: `audit-${worker}` });
  const counting: OpenLimiter =
    options.limiter === undefined
      ? await openLimiter(setup.redis)
      : { limiter: options.limiter, close: () => undefined };
  const registry = registryIn(`${directory}/${REGISTERED}`);
  let isClosing = false;

  const metrics = createMetrics(() => doors.names().length);
  const works: Works = {
    hooks,
    limiter: counting.limiter,
    prices: priceTable(setup.prices),
    warn,
    closed: () => {
      if (isClosing) return CLOSING;
      if (log.problem === undefined || setup.audit.onFailure === "open") return undefined;
      return log.retry().then((isWritten) => (isWritten ? undefined : NO_AUDIT));
    },
    record: async (call) => {
      metrics.note(call);
      await log.append(call);
      if (log.problem !== undefined) warn(`calls cannot be logged: ${log.problem}`);
    },
  };

  const doors = createDoors({
    directory,
    sockets: options.sockets ?? new Map(),
    isShared: options.peers !== undefined,
    createServer: (callerNow) => createDoor(behind(works, callerNow), setup.idleSeconds),
  });
  const open = (sandbox: string, grant: Grant) =>
    doors.open({ sandbox, routes: routesOf(setup, backends, sandbox, grant) });

  const bridge: Bridge = {
    register: async (name, given) => {
      const grant = checkGrant(setup, given);
      await open(name, grant);
      if (worker !== 0) return;
      await registry.write(name, grant);
      await peers.announce(name, grant);
    },
    unregister: async (name) => {
      if (worker === 0) {
        await registry.remove(name);
        await peers.announce(name, undefined);
      }
      await doors.close(name);
    },
    sandboxes: doors.names,
    state: () => ({ sums: metrics.sums(), logProblem: log.problem }),
    close: async (graceSeconds = 600) => {
      isClosing = true;
      const all = [...doors.servers(), ...others];
      const closed = all.map(
        (door) =>
          new Promise<void>((resolve) =>
            door.listening ? door.close(() => resolve()) : resolve(),
          ),
      );
      for (const door of all) door.closeIdleConnections();
      const cut = new AbortController();
      await Promise.race([
        Promise.all(closed),
        wait(graceSeconds * 1000, undefined, { signal: cut.signal }).catch(() => undefined),
      ]);
      cut.abort();
      for (const door of all) door.closeAllConnections();
      await Promise.all([...backends.values()].map(({ upstream }) => upstream.close()));
      counting.close();
      await log.close();
    },
  };

  const others: Server[] = [];
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // What the configuration says comes before what was registered.
    for (const [name, grant] of [...registry.read(), ...Object.entries(setup.sandboxes)])
      await open(name, grant);
    if (setup.tcp !== undefined) others.push(await openTcp(setup, setup.tcp, backends, works));
    if (worker === 0) {
      const states = async () => [bridge.state(), ...(await peers.states())];
      const admin = createAdmin({
        ...bridge,
        metrics: async () => metrics.text(await states()),
        problem: async () => problemOf(await states()),
      });
      await listenAtPath(admin, `${directory}/${ADMIN_SOCKET}`, 0o600, options.peers !== undefined);
      others.push(admin);
    }
    return bridge;
  } catch (error) {
    await bridge.close(0);
    throw error;
  }
}

function openBackends(
  setup: BridgeSetup,
  runCommand: RunCommand | undefined,
): ReadonlyMap<string, Backend> {
  return new Map(
    Object.entries(setup.credentials).map(([name, credential]) => {
      const { source, provider } = credential;
      const value: Value =
        "file" in source
          ? fileValue(source)
          : commandValue(source, runCommand ?? (() => Promise.resolve("")));
      return [
        name,
        { name, credential, value, upstream: openUpstream(provider, setup.idleSeconds) },
      ];
    }),
  );
}

function behind(works: Works, callerAt: (request?: IncomingMessage) => Caller | undefined): Behind {
  return {
    serve: (request, response) => serve(works, callerAt(request), request, response),
    turnedAway: (refusal, request) => noteTurnedAway(works, callerAt(request), refusal, request),
  };
}

async function openTcp(
  setup: BridgeSetup,
  { address, port, clients }: NonNullable<BridgeSetup["tcp"]>,
  backends: ReadonlyMap<string, Backend>,
  works: Works,
): Promise<Server> {
  const holders: TokenHolder[] = Object.entries(clients).map(([name, client]) => ({
    caller: { sandbox: name, routes: routesOf(setup, backends, name, client) },
    token: fileValue({ file: client.tokenFile }),
  }));
  const callerAt = (request?: IncomingMessage) => request && callerOf(holders, request);
  const door = createDoor(behind(works, callerAt), setup.idleSeconds);
  await listen(door, { host: address, port }, `${address}:${port}`);
  return door;
}
