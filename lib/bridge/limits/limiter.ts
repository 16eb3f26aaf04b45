import type { RateLimiterAbstract } from "rate-limiter-flexible";
import type { Limits } from "../../schema/bridge-types.ts";
import { type Concurrency, createConcurrency } from "./concurrency.ts";

/** Who asks, and with what: both have limits of their own. */
export interface Asker {
  readonly sandbox: string;
  readonly credential: string;
  readonly sandboxLimits: Limits;
  readonly credentialLimits: Limits;
}

/** Which limit says no, and for how long. */
export interface Exceeded {
  readonly rule: string;
  readonly whose: "sandbox" | "credential";
  readonly retryAfterSeconds: number;
}

/** What a call took, for the limits that are known only afterwards. */
export interface Took {
  readonly tokens: number;
  readonly dollars: number;
}

/** Counts calls. Every `acquire` that was not refused is followed by one `release`. */
export interface Limiter {
  readonly acquire: (asker: Asker) => Promise<Exceeded | undefined>;
  readonly release: (asker: Asker, took: Took) => Promise<void>;
}

/** Makes the counter of one window, whose length is in seconds. */
export type MakeWindow = (options: {
  readonly keyPrefix: string;
  readonly duration: number;
}) => RateLimiterAbstract;

const MINUTE = 60;
const DAY = 86_400;
/** Counters are whole numbers. */
const PER_DOLLAR = 1_000_000;

interface Windows {
  readonly requests: RateLimiterAbstract;
  readonly tokensPerMinute: RateLimiterAbstract;
  readonly tokensPerDay: RateLimiterAbstract;
  readonly dollarsPerDay: RateLimiterAbstract;
}

/** One of the two whose limits a call has to keep. */
export interface Party {
  readonly whose: Exceeded["whose"];
  readonly key: string;
  readonly limits: Limits;
}

export function hasLimits(limits: Limits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}

/** Limits by counters of a store; what runs at the same time is counted in this process, whose end ends it. */
export function createLimiter(makeWindow: MakeWindow): Limiter {
  const windows: Windows = {
    requests: makeWindow({ keyPrefix: "requests", duration: MINUTE }),
    tokensPerMinute: makeWindow({ keyPrefix: "tokens-minute", duration: MINUTE }),
    tokensPerDay: makeWindow({ keyPrefix: "tokens-day", duration: DAY }),
    dollarsPerDay: makeWindow({ keyPrefix: "dollars-day", duration: DAY }),
  };
  const concurrency = createConcurrency();
  return {
    acquire: (asker) => acquire(windows, concurrency, partiesOf(asker)),
    release: async (asker, took) => {
      const parties = partiesOf(asker);
      concurrency.leave(parties);
      await Promise.all(parties.map((party) => charge(windows, party, took)));
    },
  };
}

function partiesOf({ sandbox, credential, sandboxLimits, credentialLimits }: Asker): Party[] {
  const both: Party[] = [
    { whose: "sandbox", key: `s:${sandbox}`, limits: sandboxLimits },
    { whose: "credential", key: `c:${credential}`, limits: credentialLimits },
  ];
  return both.filter(({ limits }) => hasLimits(limits));
}

async function acquire(
  windows: Windows,
  concurrency: Concurrency,
  parties: readonly Party[],
): Promise<Exceeded | undefined> {
  // At once, before anything is waited for, so that no two take the last place.
  const full = concurrency.enter(parties);
  if (full !== undefined)
    return { rule: "concurrent-requests", whose: full.whose, retryAfterSeconds: 1 };
  const counted: Party[] = [];
  try {
    for (const party of parties) {
      const exceeded = (await spent(windows, party)) ?? (await countRequest(windows, party));
      if (exceeded !== undefined) {
        concurrency.leave(parties);
        // A request that is refused is not one of the minute's.
        for (const { key, limits } of counted)
          if (limits.requestsPerMinute !== undefined) await windows.requests.reward(key, 1);
        return exceeded;
      }
      counted.push(party);
    }
    return undefined;
  } catch (error) {
    concurrency.leave(parties);
    throw error;
  }
}

/** What is counted after a call: there has to be some left before the next one, and one under way is never cut. */
async function spent(
  windows: Windows,
  { key, limits, whose }: Party,
): Promise<Exceeded | undefined> {
  const { tokensPerMinute, tokensPerDay, dollarsPerDay } = limits;
  const all = [
    ["tokens-per-minute", windows.tokensPerMinute, tokensPerMinute],
    ["tokens-per-day", windows.tokensPerDay, tokensPerDay],
    [
      "dollars-per-day",
      windows.dollarsPerDay,
      dollarsPerDay && Math.round(dollarsPerDay * PER_DOLLAR),
    ],
  ] as const;
  for (const [rule, window, most] of all) {
    if (most === undefined) continue;
    const state = await window.get(key);
    if (state !== null && state.consumedPoints >= most)
      return { rule, whose, retryAfterSeconds: seconds(state.msBeforeNext) };
  }
  return undefined;
}

async function countRequest(
  { requests }: Windows,
  { key, limits, whose }: Party,
): Promise<Exceeded | undefined> {
  const { requestsPerMinute } = limits;
  if (requestsPerMinute === undefined) return undefined;
  const state = await requests.penalty(key, 1);
  if (state.consumedPoints <= requestsPerMinute) return undefined;
  await requests.reward(key, 1);
  return { rule: "requests-per-minute", whose, retryAfterSeconds: seconds(state.msBeforeNext) };
}

/** Rounded up, but not for what only the arithmetic adds: 0.0011 * 1e6 is more than 1100. */
function inWhole(dollars: number): number {
  return Math.ceil(Math.round(dollars * PER_DOLLAR * 1000) / 1000);
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

async function charge(
  windows: Windows,
  { key, limits }: Party,
  { tokens, dollars }: Took,
): Promise<void> {
  const { tokensPerMinute, tokensPerDay, dollarsPerDay } = limits;
  if (tokens > 0 && tokensPerMinute !== undefined)
    await windows.tokensPerMinute.penalty(key, tokens);
  if (tokens > 0 && tokensPerDay !== undefined) await windows.tokensPerDay.penalty(key, tokens);
  if (dollars > 0 && dollarsPerDay !== undefined)
    await windows.dollarsPerDay.penalty(key, inWhole(dollars));
}
