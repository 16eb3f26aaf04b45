import cluster, { type Worker } from "node:cluster";
import type { Asker } from "../bridge/limits/limiter.ts";
import { openLimiter } from "../bridge/limits/stores.ts";
import type { BridgeState } from "../bridge/peers.ts";
import { ADMIN_SOCKET, REGISTERED } from "../bridge/places.ts";
import { registryIn } from "../bridge/registry.ts";
import { clearPath } from "../bridge/sockets.ts";
import { BRIDGE_SOCKET } from "../emit/relay.ts";
import type { BridgeSetup } from "../schema/bridge-setup.ts";
import { BRIDGE_ROOT } from "../schema/paths.ts";
import type { Message } from "./bridge-messages.ts";

const RESTART_MS = 1000;
/** What a worker's answer to a question may take. */
const ANSWER_MS = 2000;

export interface WorkersOptions {
  /** Sockets that are open already, by the sandboxes' names. */
  readonly sockets: ReadonlyMap<string, number>;
  readonly onWarning: (message: string) => void;
  readonly directory?: string | undefined;
}

/** The processes that a bridge's work is shared between. */
export interface Workers {
  readonly close: (graceSeconds: number) => Promise<void>;
}

/** The number of the worker that this process is; none for the process that has them. */
export const WORKER: string = "FORAGE_BRIDGE_WORKER";
export const SOCKETS: string = "FORAGE_BRIDGE_SOCKETS";

/**
 * Starts this program again as often as the setup says, and counts for all of them, so that limits are as exact as those of
 * one process.
 */
export async function startWorkers(setup: BridgeSetup, options: WorkersOptions): Promise<Workers> {
  const { directory = BRIDGE_ROOT, sockets, onWarning } = options;
  const names = [
    ...Object.keys(setup.sandboxes),
    ...registryIn(`${directory}/${REGISTERED}`).read().keys(),
  ];
  const paths = names
    .filter((name) => !sockets.has(name))
    .map((name) => `${name}/${BRIDGE_SOCKET}`);
  for (const path of [ADMIN_SOCKET, ...paths]) await clearPath(`${directory}/${path}`);
  const { limiter, close } = await openLimiter(setup.redis);
  const numbers = Array.from({ length: setup.workers }, (_, number) => number);
  const workers = new Map<number, Worker>();
  const waiting = new Map<number, (state: BridgeState) => void>();
  let isClosing = false;
  let lastQuestion = 0;

  const send = (worker: Worker, message: Message) => {
    if (worker.isConnected()) worker.send(message);
  };
  const others = (number: number) =>
    [...workers].filter(([other]) => other !== number).map(([, worker]) => worker);

  const stateOf = (number: number) =>
    new Promise<BridgeState | null>((resolve) => {
      const worker = workers.get(number);
      // One that has ended is started again in a moment.
      if (worker === undefined) return resolve(null);
      const id = ++lastQuestion;
      const answer = (state: BridgeState | null) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(state);
      };
      const timer = setTimeout(() => answer(null), ANSWER_MS);
      waiting.set(id, answer);
      send(worker, { kind: "ask-state", id });
    });

  const start = (number: number) =>
    new Promise<void>((ready) => {
      const env = { [WORKER]: String(number), [SOCKETS]: JSON.stringify([...sockets]) };
      const worker = cluster.fork(env);
      const running: Asker[] = [];
      workers.set(number, worker);
      worker.on("message", async (message: Message) => {
        switch (message.kind) {
          case "acquire": {
            const { id, asker } = message;
            try {
              const exceeded = await limiter.acquire(asker);
              if (exceeded === undefined) running.push(asker);
              send(worker, { kind: "acquired", id, exceeded });
            } catch {
              send(worker, { kind: "acquired", id, failed: "the store is away" });
            }
            return;
          }
          case "release":
            forget(running, message.asker);
            await limiter
              .release(message.asker, message.took)
              .catch(() => onWarning("a call could not be counted"));
            return;
          case "ask-states": {
            const asked = numbers.filter((other) => other !== number);
            const states = await Promise.all(asked.map(stateOf));
            send(worker, { kind: "states", id: message.id, states });
            return;
          }
          case "state":
            waiting.get(message.id)?.(message.state);
            return;
          case "announce":
            for (const other of others(number)) send(other, message);
            return;
          case "ready":
            ready();
            return;
          default:
        }
      });
      worker.on("exit", () => {
        workers.delete(number);
        // What it was at is over with it.
        for (const asker of running) void limiter.release(asker, { tokens: 0, dollars: 0 });
        ready();
        if (isClosing) return;
        onWarning(`worker ${number} has ended, and is started again`);
        setTimeout(() => void start(number), RESTART_MS);
      });
    });

  await Promise.all(numbers.map(start));
  return {
    close: async (graceSeconds) => {
      isClosing = true;
      const ended = [...workers.values()].map(
        (worker) =>
          new Promise((resolve) => (worker.isDead() ? resolve(0) : worker.once("exit", resolve))),
      );
      for (const worker of workers.values()) send(worker, { kind: "close", graceSeconds });
      await Promise.all(ended);
      close();
    },
  };
}

function forget(running: Asker[], { sandbox, credential }: Asker): void {
  const at = running.findIndex((one) => one.sandbox === sandbox && one.credential === credential);
  if (at !== -1) running.splice(at, 1);
}
