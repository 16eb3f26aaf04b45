import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { type Refusal, refusalBody } from "./refusal.ts";
import { LATE_HEADERS, LONG_HEADERS, NO_HTTP, NO_TUNNEL } from "./refusals.ts";

/** What a door does with what comes in. */
export interface Behind {
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Told of what the door itself refuses: a tunnel, or what is no request at all. */
  readonly turnedAway: (refusal: Refusal, request?: IncomingMessage) => Promise<void>;
}

const HEADERS_MS = 30_000;
const CHECK_MS = 5_000;
const KEEP_ALIVE_MS = 75_000;
const MOST_HEADER_BYTES = 65_536;
/** For one sandbox: no other one is to be without. */
const MOST_CONNECTIONS = 4096;

/** A server for one way in. Node's own limits on a whole request would cut long turns, so only silence is limited. */
export function createDoor({ serve, turnedAway }: Behind, idleSeconds: number): Server {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const receive = (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
    // Another protocol is not spoken here, but what Node has read after such a request is lost.
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    void serve(request, response);
  };
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      insecureHTTPParser: false,
      requireHostHeader: true,
      noDelay: true,
    },
    receive,
  );
  server.maxConnections = MOST_CONNECTIONS;
  // After the silence that is allowed to the provider, so that this is said first.
  server.setTimeout(idleSeconds * 1000 + CHECK_MS);
  const turnAway = async (socket: Duplex, refusal: Refusal, request?: IncomingMessage) => {
    socket.on("error", () => socket.destroy());
    // As every answer does, this one waits for the log.
    await turnedAway(refusal, request);
    answer(socket, refusal);
  };
  // Node would ask for a body that may be refused.
  server.on("checkContinue", receive);
  server.on("connect", (request, socket) => void turnAway(socket, NO_TUNNEL, request));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Into an answer under way, another one would be written as a part of it.
    const last = latest.get(socket);
    const isAnswering = last?.headersSent === true && !last.writableFinished;
    if (!socket.writable || error.code === "ECONNRESET" || isAnswering) socket.destroy();
    else void turnAway(socket, clientFault(error.code));
  });
  return server;
}

function clientFault(code: string | undefined): Refusal {
  if (code === "HPE_HEADER_OVERFLOW") return LONG_HEADERS;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? LATE_HEADERS : NO_HTTP;
}

/** Where there is no response to write to. */
function answer(socket: Duplex, refusal: Refusal): void {
  const { type, body } = refusalBody(refusal, "plain");
  const { status } = refusal;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString("latin1")}`,
  );
}
