import type { Party } from "./limiter.ts";

/** How many calls of each party run at the same time. */
export interface Concurrency {
  /** Lets a call of all parties in, or of none; then says who is full. */
  readonly enter: (parties: readonly Party[]) => Party | undefined;
  readonly leave: (parties: readonly Party[]) => void;
}

export function createConcurrency(): Concurrency {
  const running = new Map<string, number>();
  const limited = (parties: readonly Party[]) =>
    parties.filter(({ limits }) => limits.concurrentRequests !== undefined);
  return {
    enter: (parties) => {
      const counted = limited(parties);
      const full = counted.find(
        ({ key, limits }) => (running.get(key) ?? 0) >= (limits.concurrentRequests ?? 0),
      );
      if (full !== undefined) return full;
      for (const { key } of counted) running.set(key, (running.get(key) ?? 0) + 1);
      return undefined;
    },
    leave: (parties) => {
      for (const { key } of limited(parties)) {
        const left = (running.get(key) ?? 0) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      }
    },
  };
}
