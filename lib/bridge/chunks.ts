import type { ServerResponse } from "node:http";

const END = Buffer.from("0\r\n\r\n");

/** Writes an answer's body in pieces of a length that nothing tells before its end. */
export interface ChunkWriter {
  /** Whether more may come at once. */
  readonly write: (chunk: Uint8Array) => boolean;
  readonly end: () => void;
}

/**
 * Frames chunks (RFC 9112, section 7.1) in one buffer each. Node writes four for each chunk, which an event would wait for.
 * To be called when the headers are sent.
 */
export function chunkWriter(response: ServerResponse): ChunkWriter {
  // For HTTP/1.0, and where there is no body.
  if (!response.chunkedEncoding)
    return { write: (chunk) => response.write(chunk), end: () => response.end() };
  response.chunkedEncoding = false;
  return {
    write: (chunk) => response.write(framed(chunk)),
    end: () => response.end(END),
  };
}

function framed(chunk: Uint8Array): Buffer {
  const size = `${chunk.length.toString(16)}\r\n`;
  const bytes = Buffer.allocUnsafe(size.length + chunk.length + 2);
  bytes.write(size, "latin1");
  bytes.set(chunk, size.length);
  bytes.write("\r\n", size.length + chunk.length, "latin1");
  return bytes;
}
