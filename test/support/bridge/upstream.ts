import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer as createHttp } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createNet, type Server, type Socket } from "node:net";
import type { Identity } from "./certificates.ts";

/** A request as it came to a provider. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export type Answer = (received: Received, response: ServerResponse) => unknown;

/** A server that plays a provider. */
export interface Upstream {
  readonly origin: string;
  readonly port: number;
  readonly received: Received[];
  readonly close: () => Promise<void>;
}

/** Keeps each request with its body, and answers it then. */
export async function startUpstream(identity: Identity, answer: Answer): Promise<Upstream> {
  const received: Received[] = [];
  const server = createHttps({ ...identity, requestTimeout: 0 }, (request, response) => {
    void keep(request, response, received, answer);
  });
  return { ...(await listening(server, "https")), received };
}

/** The same over HTTP/2 alone. */
export async function startHttp2Upstream(identity: Identity, answer: Answer): Promise<Upstream> {
  const received: Received[] = [];
  const server = createSecureServer({ ...identity, allowHTTP1: false }, (request, response) => {
    const plain = [request, response] as unknown as [IncomingMessage, ServerResponse];
    void keep(...plain, received, answer);
  });
  return { ...(await listening(server, "https")), received };
}

/** One that handles requests as they come. */
export async function startPlainUpstream(
  listener: RequestListener,
  identity?: Identity,
): Promise<Omit<Upstream, "received">> {
  const server =
    identity === undefined ? createHttp(listener) : createHttps({ ...identity }, listener);
  server.requestTimeout = 0;
  return listening(server, identity === undefined ? "http" : "https");
}

/** One that answers whatever comes with bytes. */
export async function startByteUpstream(
  serve: (socket: Socket, head: string) => void,
): Promise<Omit<Upstream, "received">> {
  const server = createNet((socket) => {
    let head = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const whole = head;
      head = "";
      serve(socket, whole);
    });
  });
  return listening(server, "http");
}

async function keep(
  request: IncomingMessage,
  response: ServerResponse,
  received: Received[],
  answer: Answer,
): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return;
  }
  const { method = "", url = "", headers, rawHeaders } = request;
  const whole = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
  received.push(whole);
  await answer(whole, response);
}

async function listening(server: Server, protocol: string): Promise<Omit<Upstream, "received">> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${protocol}://${protocol === "https" ? "localhost" : "127.0.0.1"}:${port}`,
    port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
