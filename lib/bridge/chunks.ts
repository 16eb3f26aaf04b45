import type { ServerResponse } from "node:http";

/** What ends a body in chunks (RFC 9112, section 7.1). */
export const LAST_CHUNK: Buffer = Buffer.from("0\r\n\r\n");

/**
 * Leaves the framing of a body to us, from its sent headers on: Node writes four buffers for each chunk, which an event would
 * wait for. @returns whether there is any, as there is none for HTTP/1.0 and where there is no body
 */
export function takeOverChunks(response: ServerResponse): boolean {
  const isChunked = response.chunkedEncoding;
  response.chunkedEncoding = false;
  return isChunked;
}

/** A chunk in one piece. */
export function chunkOf(content: Uint8Array): Buffer {
  const size = `${content.length.toString(16)}\r\n`;
  const bytes = Buffer.allocUnsafe(size.length + content.length + 2);
  bytes.write(size, "latin1");
  bytes.set(content, size.length);
  bytes.write("\r\n", size.length + content.length, "latin1");
  return bytes;
}
