import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ForageError } from "../error.ts";
import type { Grant } from "../schema/bridge-setup.ts";
import { isSandboxName } from "../schema/host-names.ts";

/** What the host's administrator may ask of a bridge that runs. */
export interface Administered {
  readonly metrics: () => Promise<string>;
  /** Why it is not well. */
  readonly problem: () => Promise<string | undefined>;
  readonly sandboxes: () => readonly string[];
  readonly register: (name: string, grant: Grant) => Promise<void>;
  readonly unregister: (name: string) => Promise<void>;
}

const LARGEST = 1024 * 1024;

/** The server behind the socket that only root and the bridge's own user reach. */
export function createAdmin(bridge: Administered): Server {
  return createServer((request, response) => {
    answer(bridge, request).then(
      ({ status, type, text }) => response.writeHead(status, { "content-type": type }).end(text),
      (error: unknown) => failed(response, error),
    );
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const json = (status: number, value: unknown): Answer => ({
  status,
  type: "application/json",
  text: `${JSON.stringify(value)}\n`,
});

async function answer(bridge: Administered, request: IncomingMessage): Promise<Answer> {
  const { method, url = "" } = request;
  if (method === "GET" && url === "/healthz") {
    const problem = await bridge.problem();
    return json(problem === undefined ? 200 : 503, { ok: problem === undefined, problem });
  }
  if (method === "GET" && url === "/metrics")
    return {
      status: 200,
      type: "text/plain; version=0.0.4; charset=utf-8",
      text: await bridge.metrics(),
    };
  if (method === "GET" && url === "/sandboxes") return json(200, bridge.sandboxes());
  const named = /^\/sandboxes\/([^/]+)$/.exec(url)?.[1] ?? "";
  const name = isSandboxName(named) ? named : undefined;
  if (name !== undefined && method === "PUT") {
    await bridge.register(name, (await body(request)) as Grant);
    return json(200, { registered: name });
  }
  if (name !== undefined && method === "DELETE") {
    await bridge.unregister(name);
    return json(200, { unregistered: name });
  }
  return json(404, { message: "there is /healthz, /metrics, /sandboxes and /sandboxes/NAME" });
}

async function body(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST) throw new ForageError("usage", [{ path: [], message: "too large" }]);
  }
  return JSON.parse(text);
}

function failed(response: ServerResponse, error: unknown): void {
  const diagnostics =
    error instanceof ForageError
      ? error.diagnostics
      : [{ path: [], message: "this cannot be read" }];
  const { status, type, text } = json(400, { diagnostics });
  response.writeHead(status, { "content-type": type }).end(text);
}
