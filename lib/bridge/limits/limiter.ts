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

/** What a window has counted, and how long it still does. */
export interface Count {
  readonly points: number;
  readonly msLeft: number;
}

/** Counts from the first time on, until its length is over. */
export interface Window {
  readonly read: (key: string) => Promise<Count | undefined>;
  readonly add: (key: string, points: number) => Promise<Count>;
}

/** Makes the counter of one window, whose length is in seconds. */
export type MakeWindow = (options: {
  readonly keyPrefix: string;
  readonly duration: number;
}) => Window;

const MINUTE = 60;
const DAY = 86_400;
/** Counters are whole numbers. */
const PER_DOLLAR = 1_000_000;

/** What is counted after a call: there has to be some left before the next one, and one under way is never cut. */
interface Budget {
  readonly rule: string;
  readonly window: Window;
  readonly most: number;
  readonly pointsOf: (took: Took) => number;
}

/** One of the two whose limits a call has to keep. */
export interface Party {
  readonly whose: Exceeded["whose"];
  readonly key: string;
  readonly limits: Limits;
  readonly budgets: readonly Budget[];
}

export function hasLimits(limits: Limits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}

/** Limits by counters of a store; what runs at the same time is counted in this process, whose end ends it. */
export function createLimiter(makeWindow: MakeWindow): Limiter {
  const requests = makeWindow({ keyPrefix: "requests", duration: MINUTE });
  const budgetsOf = budgetsIn(makeWindow);
  const concurrency = createConcurrency();
  const known = new WeakMap<Asker, readonly Party[]>();

  const partiesOf = (asker: Asker): readonly Party[] => {
    const found = known.get(asker);
    if (found !== undefined) return found;
    const { sandbox, credential, sandboxLimits, credentialLimits } = asker;
    const both = [
      { whose: "sandbox", key: `s:${sandbox}`, limits: sandboxLimits },
      { whose: "credential", key: `c:${credential}`, limits: credentialLimits },
    ] as const;
    const parties = both
      .filter(({ limits }) => hasLimits(limits))
      .map((party) => ({ ...party, budgets: budgetsOf(party.limits) }));
    known.set(asker, parties);
    return parties;
  };

  return {
    acquire: (asker) => acquire(requests, concurrency, partiesOf(asker)),
    release: async (asker, took) => {
      const parties = partiesOf(asker);
      concurrency.leave(parties);
      const charges: Promise<Count>[] = [];
      for (const { key, budgets } of parties)
        for (const { window, pointsOf } of budgets) {
          const points = pointsOf(took);
          if (points > 0) charges.push(window.add(key, points));
        }
      await Promise.all(charges);
    },
  };
}

function budgetsIn(makeWindow: MakeWindow): (limits: Limits) => readonly Budget[] {
  const tokensOfMinute = makeWindow({ keyPrefix: "tokens-minute", duration: MINUTE });
  const tokensOfDay = makeWindow({ keyPrefix: "tokens-day", duration: DAY });
  const dollarsOfDay = makeWindow({ keyPrefix: "dollars-day", duration: DAY });
  const tokens = (took: Took) => took.tokens;
  const dollars = (took: Took) => inWhole(took.dollars);
  return ({ tokensPerMinute, tokensPerDay, dollarsPerDay }) =>
    [
      {
        rule: "tokens-per-minute",
        window: tokensOfMinute,
        most: tokensPerMinute,
        pointsOf: tokens,
      },
      { rule: "tokens-per-day", window: tokensOfDay, most: tokensPerDay, pointsOf: tokens },
      {
        rule: "dollars-per-day",
        window: dollarsOfDay,
        most: dollarsPerDay && Math.round(dollarsPerDay * PER_DOLLAR),
        pointsOf: dollars,
      },
    ].flatMap(({ most, ...rest }) => (most === undefined ? [] : [{ most, ...rest }]));
}

async function acquire(
  requests: Window,
  concurrency: Concurrency,
  parties: readonly Party[],
): Promise<Exceeded | undefined> {
  // At once, before anything is waited for, so that no two take the last place.
  const full = concurrency.enter(parties);
  if (full !== undefined)
    return { rule: "concurrent-requests", whose: full.whose, retryAfterSeconds: 1 };
  try {
    const exceeded = await firstExceeded(requests, parties);
    if (exceeded !== undefined) concurrency.leave(parties);
    return exceeded;
  } catch (error) {
    concurrency.leave(parties);
    throw error;
  }
}

async function firstExceeded(
  requests: Window,
  parties: readonly Party[],
): Promise<Exceeded | undefined> {
  const counted: string[] = [];
  const refused = async (exceeded: Exceeded) => {
    // A request that is refused is not one of the minute's.
    for (const key of counted) await requests.add(key, -1);
    return exceeded;
  };
  for (const { whose, key, limits, budgets } of parties) {
    for (const { rule, window, most } of budgets) {
      const count = await window.read(key);
      if (count !== undefined && count.points >= most)
        return refused({ rule, whose, retryAfterSeconds: seconds(count.msLeft) });
    }
    if (limits.requestsPerMinute === undefined) continue;
    const { points, msLeft } = await requests.add(key, 1);
    counted.push(key);
    if (points > limits.requestsPerMinute)
      return refused({ rule: "requests-per-minute", whose, retryAfterSeconds: seconds(msLeft) });
  }
  return undefined;
}

/** Rounded up, but not for what only the arithmetic adds: 0.0011 * 1e6 is more than 1100. */
function inWhole(dollars: number): number {
  return Math.ceil(Math.round(dollars * PER_DOLLAR * 1000) / 1000);
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
