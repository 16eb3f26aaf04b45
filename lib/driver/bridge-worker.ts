import type { Bridge } from "../bridge/bridge.ts";
import type { Limiter } from "../bridge/limits/limiter.ts";
import type { Peers } from "../bridge/peers.ts";
import type { Message } from "./bridge-messages.ts";
import { SOCKETS, WORKER } from "./bridge-workers.ts";

/** What a worker has of the process that started it. */
export interface WorkerPlace {
  readonly worker: number;
  readonly sockets: ReadonlyMap<string, number>;
  readonly limiter: Limiter;
  readonly peers: Peers;
  /** Answers the other processes, and ends with the one that started this. */
  readonly serve: (bridge: Bridge) => Promise<void>;
}

/** Where this process is one of a bridge's workers; nothing where it is not. */
export function workerPlace(): WorkerPlace | undefined {
  const number = process.env[WORKER];
  if (number === undefined || process.send === undefined) return undefined;
  const sockets = new Map(JSON.parse(process.env[SOCKETS] ?? "[]") as [string, number][]);
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  const send = (message: Message) => void process.send?.(message);
  const ask = (make: (id: number) => Message) =>
    new Promise<Message>((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      send(make(id));
    });
  process.on("message", (message: Message) => {
    if (message.kind !== "acquired" && message.kind !== "states") return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  return {
    worker: Number(number),
    sockets,
    limiter: {
      acquire: async (asker) => {
        const answer = await ask((id) => ({ kind: "acquire", id, asker }));
        if (answer.kind !== "acquired" || answer.failed !== undefined)
          throw new Error("the store is away");
        return answer.exceeded;
      },
      release: async (asker, took) => send({ kind: "release", asker, took }),
    },
    peers: {
      states: async () => {
        const answer = await ask((id) => ({ kind: "ask-states", id }));
        return answer.kind === "states" ? answer.states : [];
      },
      announce: async (sandbox, grant) => send({ kind: "announce", sandbox, grant }),
    },
    serve: (bridge) =>
      new Promise((resolve) => {
        const end = (graceSeconds: number) => void bridge.close(graceSeconds).then(resolve);
        process.on("message", (message: Message) => {
          if (message.kind === "ask-state")
            send({ kind: "state", id: message.id, state: bridge.state() });
          else if (message.kind === "close") end(message.graceSeconds);
          else if (message.kind === "announce")
            void (message.grant === undefined
              ? bridge.unregister(message.sandbox)
              : bridge.register(message.sandbox, message.grant));
        });
        process.on("disconnect", () => end(0));
        // A terminal sends them to all of a group; the process that started this decides.
        process.on("SIGINT", () => undefined);
        send({ kind: "ready" });
      }),
  };
}
