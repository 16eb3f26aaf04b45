import type { IncomingMessage, ServerResponse } from "node:http";

/** A body that is there as a whole, or one that is passed on as it comes. */
export type Body = Buffer | AsyncIterable<Buffer> | null;

export class BodyTooLarge extends Error {}
export class BodyCutOff extends Error {}

/** Small ones are mostly there when the headers are, and cost less when they are passed on as a whole. */
const AT_ONCE = 65_536;

/** How long a body is by its header; undefined when its end is marked otherwise. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  if (headers["transfer-encoding"] !== undefined) return undefined;
  const length = headers["content-length"];
  return length === undefined ? 0 : Number(length);
}

/** A body that has come along with the headers already. */
export function atOnce(request: IncomingMessage, length: number | undefined): Buffer | undefined {
  if (length === undefined || length > AT_ONCE || request.readableLength < length) return undefined;
  return (request.read(length) as Buffer | null) ?? undefined;
}

/** A request that is being answered. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Whether its body comes only when it is asked for (RFC 9110, section 10.1.1). Node refuses all other expectations. */
function awaitsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return headers.expect !== undefined && httpVersionMinor === 1;
}

/** The whole of a body. @throws BodyTooLarge | BodyCutOff */
export async function whole(asked: Asked, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of passing(asked, most, () => undefined)) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** A body as it comes, which says how much of it has come. @throws BodyTooLarge | BodyCutOff */
export async function* passing(
  { request, response }: Asked,
  most: number,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  let size = 0;
  if (awaitsContinue(request)) response.writeContinue();
  try {
    for await (const chunk of request.iterator({
      destroyOnReturn: false,
    }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      onBytes(chunk.length);
      if (size > most) throw new BodyTooLarge();
      yield chunk;
    }
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error;
    throw new BodyCutOff();
  }
  if (!request.complete) throw new BodyCutOff();
}
