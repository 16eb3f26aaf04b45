import type { Call, Usage } from "./call.ts";
import { callOf, type Exchange, formatOf, noteRefusal } from "./exchange.ts";
import type { Limiter, Took } from "./limits/limiter.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Counted } from "./usage/count.ts";
import { totalTokens, wholeUsage } from "./usage/meter.ts";
import type { PriceTable } from "./usage/prices.ts";

/** What the end of every request needs. */
export interface Ending {
  readonly limiter: Limiter;
  readonly prices: PriceTable;
  /** Logs and counts a call. Done when the log has it, or cannot have it. */
  readonly record: (call: Call) => Promise<void>;
  readonly warn: (message: string) => void;
}

/** Notes that an exchange is over, and what it took. */
export async function finish(ending: Ending, exchange: Exchange, found: Counted): Promise<void> {
  const { route } = exchange;
  const usage = wholeUsage(found.usage);
  exchange.model ??= found.model;
  const { model } = exchange;
  if (exchange.isCounted && route !== undefined) {
    exchange.isCounted = false;
    const took = tookOf(exchange, usage, ending.prices);
    await ending.limiter.release(route.asker, took).catch(() => {
      ending.warn(`what a call of ${exchange.sandbox} took could not be counted`);
    });
  }
  const cost = usage && ending.prices.cost(model, usage);
  await ending.record(callOf(exchange, { tokens: usage, cost }));
}

/** About how many bytes a token is in JSON; fewer than it is among events, so that who leaves early gains nothing. */
const BYTES_PER_TOKEN = 4;

/** What the limits are told: of an answer that was left before it said what it took, a guess. */
function tookOf(
  { bytesIn, bytesOut, status, model, isCutOff }: Exchange,
  usage: Usage | undefined,
  prices: PriceTable,
): Took {
  const guessed = isCutOff && status < 300 ? Math.ceil(bytesOut / BYTES_PER_TOKEN) : 0;
  if (usage === undefined && guessed === 0) return { tokens: 0, dollars: 0 };
  const said = usage ?? {
    input: Math.ceil(bytesIn / BYTES_PER_TOKEN),
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
  };
  const whole = { ...said, output: Math.max(said.output, guessed) };
  return { tokens: totalTokens(whole), dollars: prices.atMost(model, whole) };
}

/** Answers an exchange with a refusal, unless its answer has begun: that is cut off then. */
export async function refuseExchange(
  ending: Ending,
  exchange: Exchange,
  refusal: Refusal,
  found: Counted = {},
): Promise<void> {
  const { response, request } = exchange;
  noteRefusal(exchange, refusal);
  await finish(ending, exchange, found);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // What is not read of a body would be read to its end otherwise.
  const closes = !request.complete;
  refuse(response, refusal, formatOf(exchange), closes);
}
