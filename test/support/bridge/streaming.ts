import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { randomFrom } from "../random.ts";

const WORDS = ["Grüße", "世界", "🌍", "plain", "\\n", "é", "data: ", "usage"] as const;

/** Events with characters of many bytes; the same for the same seed. */
export function eventsOf(seed: number): Buffer {
  const random = randomFrom(seed);
  let text = "";
  for (let event = 0; event < 40; event++) {
    const words = Array.from({ length: random.below(30) }, () => random.pick(WORDS)).join(" ");
    text += `event: content\ndata: ${JSON.stringify({ event, words })}\n\n`;
  }
  return Buffer.from(text);
}

/** Sends them in pieces that end anywhere, also within a character. */
export async function sendPieces(seed: number, response: ServerResponse): Promise<void> {
  const random = randomFrom(seed + 1);
  const bytes = eventsOf(seed);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(90);
    response.write(bytes.subarray(at, end));
    at = end;
    if (random.chance(0.3)) await turn();
  }
  response.end();
}

const BLOCK = Buffer.alloc(1 << 20, "0123456789abcdef");

/** So many bytes, no faster than they are taken. */
export async function sendMany(bytes: number, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-length": bytes });
  // Who asked may go.
  await pipeline(Readable.from(blocks(bytes)), response).catch(() => undefined);
}

/** An event of so many bytes, and one that says what it took. */
export async function sendLargeEvent(bytes: number, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const usage = { input_tokens: 3, output_tokens: 40 };
  async function* events() {
    yield "data: ";
    yield* blocks(bytes);
    yield `\n\ndata: ${JSON.stringify({ message: { model: "claude", usage } })}\n\n`;
  }
  await pipeline(Readable.from(events()), response);
}

export async function* blocks(bytes: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < bytes; sent += BLOCK.length) yield BLOCK.subarray(0, bytes - sent);
}

export async function sizeOf(message: AsyncIterable<unknown>): Promise<number> {
  let size = 0;
  for await (const chunk of message) size += (chunk as Buffer).length;
  return size;
}

export async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The most memory that this process has while something runs, over what it had before, in bytes. */
export async function growth<T>(run: () => Promise<T>): Promise<{ value: T; bytes: number }> {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  try {
    return { value: await run(), bytes: most - before };
  } finally {
    clearInterval(timer);
  }
}
