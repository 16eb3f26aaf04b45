import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { createParser } from "eventsource-parser";
import type { ProviderFormat } from "../../schema/bridge-types.ts";
import type { Usage } from "../call.ts";
import { type Counted, counted } from "./count.ts";

/** Reads along with an answer, after it has been passed on, to find what it took. */
export interface Meter {
  readonly feed: (chunk: Buffer) => void;
  /** What was found when all has been read. */
  readonly end: () => Counted | Promise<Counted>;
}

/** A document that is larger says nothing, nor does an event, of which each is looked at by itself. */
const LARGEST_DOCUMENT = 32 * 1024 * 1024;
const NOTHING: Counted = {};
export const NO_METER: Meter = { feed: () => undefined, end: () => NOTHING };

/** The meter for an answer of a format and a content type. */
export function meterOf(
  format: ProviderFormat,
  contentType: string,
  encoding: string | undefined,
): Meter {
  if (format === "plain" || format === "github") return NO_METER;
  const plain = contentType.startsWith("text/event-stream")
    ? eventMeter(format)
    : contentType.includes("json")
      ? documentMeter(format)
      : undefined;
  if (plain === undefined) return NO_METER;
  if (encoding === undefined || encoding === "identity") return plain;
  return decoding(encoding, plain);
}

function documentMeter(format: ProviderFormat): Meter {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    feed: (chunk) => {
      size += chunk.length;
      if (size <= LARGEST_DOCUMENT) chunks.push(chunk);
      else chunks.length = 0;
    },
    end: () => {
      if (size > LARGEST_DOCUMENT) return NOTHING;
      const [only] = chunks;
      const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
      return ofDocuments(format, parsed(bytes.toString("utf8")));
    },
  };
}

/** Google streams a list of documents where it is not asked for events. */
function ofDocuments(format: ProviderFormat, document: unknown): Counted {
  const all = Array.isArray(document) ? document : [document];
  return all.reduce<Counted>((found, one) => together(found, counted(format, one)), NOTHING);
}

function eventMeter(format: ProviderFormat): Meter {
  let found: Counted = NOTHING;
  const parser = createParser({
    onEvent: ({ data }) => {
      if (found.model !== undefined && !/usage/i.test(data)) return;
      found = together(found, counted(format, parsed(data)));
    },
    maxBufferSize: LARGEST_DOCUMENT,
    // Of one that is too large the rest is no event, and the next one counts again.
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") parser.reset();
    },
  });
  return afterwards({
    // What is looked for is ASCII, and a character may be split between two chunks.
    feed: (chunk) => parser.feed(chunk.toString("latin1")),
    end: () => found,
  });
}

/** Reads nothing before the events of all streams that came at the same time are on their way. */
function afterwards(inner: Meter): Meter {
  let waiting: Buffer[] = [];
  const catchUp = () => {
    for (const chunk of waiting) inner.feed(chunk);
    waiting = [];
  };
  return {
    feed: (chunk) => {
      if (waiting.push(chunk) === 1) setImmediate(catchUp);
    },
    end: () => {
      catchUp();
      return inner.end();
    },
  };
}

function together(before: Counted, next: Counted | undefined): Counted {
  if (next === undefined) return before;
  return {
    model: next.model ?? before.model,
    usage: next.usage === undefined ? before.usage : { ...before.usage, ...next.usage },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For a provider that compresses although it was asked not to. */
function decoding(encoding: string, inner: Meter): Meter {
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined) return NO_METER;
  let isBroken = false;
  decoder.on("data", inner.feed);
  decoder.on("error", () => {
    isBroken = true;
  });
  return {
    feed: (chunk) => {
      if (!isBroken) decoder.write(chunk);
    },
    end: () =>
      new Promise((resolve) => {
        decoder.once("close", () => resolve(inner.end()));
        if (isBroken) decoder.destroy();
        else decoder.end();
      }),
  };
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & { destroy(): unknown }>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** A count with zeros for what was not said. */
export function wholeUsage(usage: Partial<Usage> | undefined): Usage | undefined {
  if (usage === undefined) return undefined;
  return { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...usage };
}

export function totalTokens({ input, output, cacheRead, cacheWrite }: Usage): number {
  return input + output + cacheRead + cacheWrite;
}
