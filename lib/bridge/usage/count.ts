import type { ProviderFormat } from "../../schema/bridge-types.ts";
import { isRecord } from "../../schema/parts.ts";
import type { Usage } from "../call.ts";

/** What an answer, or an event of one, says of itself. */
export interface Counted {
  readonly model?: string | undefined;
  /** Only what it says; a later event may say more. */
  readonly usage?: Partial<Usage> | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;
const fields = (value: unknown): Fields | undefined => (isRecord(value) ? value : undefined);

/** What one JSON document of a provider says of model and usage. */
export function counted(format: ProviderFormat, document: unknown): Counted | undefined {
  const value = fields(document);
  return value && READERS[format]?.(value);
}

const READERS: Readonly<Partial<Record<ProviderFormat, (value: Fields) => Counted>>> = {
  // Of a stream, message_start has the input's and message_delta the output's, as a sum so far.
  anthropic: (value) => {
    const message = fields(value["message"]) ?? value;
    const usage = fields(message["usage"]);
    return {
      model: text(message["model"]),
      usage:
        usage &&
        said({
          input: usage["input_tokens"],
          output: usage["output_tokens"],
          cacheRead: usage["cache_read_input_tokens"],
          cacheWrite: usage["cache_creation_input_tokens"],
        }),
    };
  },
  // Chat completions and responses; what was cached is part of the input there.
  openai: (value) => {
    const answer = fields(value["response"]) ?? value;
    const usage = fields(answer["usage"]);
    const input = number(usage?.["prompt_tokens"] ?? usage?.["input_tokens"]);
    const details = fields(usage?.["prompt_tokens_details"] ?? usage?.["input_tokens_details"]);
    const cacheRead = number(details?.["cached_tokens"]) ?? 0;
    return {
      model: text(answer["model"]),
      usage: usage && {
        ...(input === undefined ? {} : { input: Math.max(0, input - cacheRead), cacheRead }),
        ...said({ output: usage["completion_tokens"] ?? usage["output_tokens"] }),
      },
    };
  },
  google: (value) => {
    const usage = fields(value["usageMetadata"]);
    const cacheRead = number(usage?.["cachedContentTokenCount"]) ?? 0;
    const input = number(usage?.["promptTokenCount"]);
    const output = number(usage?.["candidatesTokenCount"]);
    const thoughts = number(usage?.["thoughtsTokenCount"]) ?? 0;
    return {
      model: text(value["modelVersion"]),
      usage: usage && {
        ...(input === undefined ? {} : { input: Math.max(0, input - cacheRead), cacheRead }),
        ...(output === undefined && thoughts === 0 ? {} : { output: (output ?? 0) + thoughts }),
      },
    };
  },
};

/** The counts among the values. */
function said(values: Readonly<Partial<Record<keyof Usage, unknown>>>): Partial<Usage> {
  const found: { -readonly [Kind in keyof Usage]?: Usage[Kind] } = {};
  for (const kind in values) {
    const count = number(values[kind as keyof Usage]);
    if (count !== undefined) found[kind as keyof Usage] = count;
  }
  return found;
}
