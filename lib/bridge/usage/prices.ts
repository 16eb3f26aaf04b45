import type { Price } from "../../schema/bridge-types.ts";
import type { Usage } from "../call.ts";
import { glob } from "../request/allowed.ts";

/** List prices of well-known models, in US dollars for a million tokens; a configuration's come before them. */
const KNOWN_PRICES: Readonly<Record<string, Price>> = {
  "claude-opus-4-1*": { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 },
  "claude-opus-4-2*": { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75 },
  "claude-opus-*": { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
  "claude-sonnet-*": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  "claude-haiku-*": { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 },
  "gpt-5*-nano*": { input: 0.05, output: 0.4, cacheRead: 0.005 },
  "gpt-5*-mini*": { input: 0.25, output: 2, cacheRead: 0.025 },
  "gpt-5*": { input: 1.25, output: 10, cacheRead: 0.125 },
  "gpt-4.1-nano*": { input: 0.1, output: 0.4, cacheRead: 0.025 },
  "gpt-4.1-mini*": { input: 0.4, output: 1.6, cacheRead: 0.1 },
  "gpt-4.1*": { input: 2, output: 8, cacheRead: 0.5 },
  "gpt-4o-mini*": { input: 0.15, output: 0.6, cacheRead: 0.075 },
  "gpt-4o*": { input: 2.5, output: 10, cacheRead: 1.25 },
  "o4-mini*": { input: 1.1, output: 4.4, cacheRead: 0.275 },
  "o3*": { input: 2, output: 8, cacheRead: 0.5 },
  "gemini-2.5-flash-lite*": { input: 0.1, output: 0.4, cacheRead: 0.01 },
  "gemini-2.5-flash*": { input: 0.3, output: 2.5, cacheRead: 0.03 },
  "gemini-2.5-pro*": { input: 1.25, output: 10, cacheRead: 0.125 },
};

/** What a call costs. */
export interface PriceTable {
  /** Nothing for a model that is not in the table. */
  readonly cost: (model: string | undefined, usage: Usage) => number | undefined;
  /** The same for a budget, for which a model that is not in the table is as dear as the dearest. */
  readonly atMost: (model: string | undefined, usage: Usage) => number;
}

export function priceTable(own: Readonly<Record<string, Price>>): PriceTable {
  const rows = [...Object.entries(own), ...Object.entries(KNOWN_PRICES)].map(
    ([pattern, price]) => ({
      pattern: glob(pattern),
      price,
    }),
  );
  const known = new Map<string, Price | undefined>();
  const priceOf = (model: string | undefined): Price | undefined => {
    if (model === undefined) return undefined;
    if (!known.has(model)) {
      // Who names models at random is not to fill the memory.
      if (known.size >= 1000) known.clear();
      known.set(model, rows.find(({ pattern }) => pattern.test(model))?.price);
    }
    return known.get(model);
  };
  const dearest = rows.reduce(
    (found, { price }) => ({
      input: Math.max(found.input, price.input, price.cacheWrite ?? 0),
      output: Math.max(found.output, price.output),
    }),
    { input: 0, output: 0 },
  );
  return {
    cost: (model, usage) => {
      const price = priceOf(model);
      return price && dollars(price, usage);
    },
    atMost: (model, usage) => dollars(priceOf(model) ?? dearest, usage),
  };
}

function dollars({ input, output, cacheRead, cacheWrite }: Price, usage: Usage): number {
  const millionths =
    usage.input * input +
    usage.output * output +
    usage.cacheRead * (cacheRead ?? input) +
    usage.cacheWrite * (cacheWrite ?? input);
  return millionths / 1e6;
}
