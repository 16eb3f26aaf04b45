import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";

export interface Asked {
  readonly method?: string | undefined;
  readonly body?: string | Buffer | undefined;
  readonly headers?: { readonly [name: string]: string | string[] } | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks through a socket, and waits for the whole answer. */
export async function ask(socketPath: string, path: string, asked: Asked = {}): Promise<Answered> {
  const response = await begin(socketPath, path, asked);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}

/** The answer from its headers on. */
export function begin(
  socketPath: string,
  path: string,
  { method = "POST", body, headers = {} }: Asked = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method, agent: false, headers: { ...headers } });
    sent.on("response", resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

export async function connected(socketPath: string): Promise<Socket> {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  await once(socket, "connect");
  socket.on("error", () => socket.destroy());
  return socket;
}

/** Sends bytes as they are, and gives all that comes back until the other side closes or `isDone` says so. */
export async function exchangeBytes(
  socketPath: string,
  bytes: string | Buffer,
  isDone: (text: string) => boolean = () => false,
): Promise<string> {
  const socket = await connected(socketPath);
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return untilDone(socket, isDone);
}

export async function untilDone(
  socket: Socket,
  isDone: (text: string) => boolean = () => false,
): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    if (isDone(text)) socket.destroy();
  });
  socket.on("end", () => socket.destroy());
  await once(socket, "close");
  return text;
}
