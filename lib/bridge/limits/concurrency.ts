import type { Party } from "./limiter.ts";

/** How many calls of each party run at the same time. */
export interface Concurrency {
  /** Lets a call of all parties in, or of none; then says who is full. */
  readonly enter: (parties: readonly Party[]) => Party | undefined;
  readonly leave: (parties: readonly Party[]) => void;
}

export function createConcurrency(): Concurrency {
  const running = new Map<string, number>();
  return {
    enter: (parties) => {
      for (const party of parties) {
        const { concurrentRequests } = party.limits;
        if (concurrentRequests === undefined) continue;
        if ((running.get(party.key) ?? 0) >= concurrentRequests) return party;
      }
      for (const { key, limits } of parties)
        if (limits.concurrentRequests !== undefined) running.set(key, (running.get(key) ?? 0) + 1);
      return undefined;
    },
    leave: (parties) => {
      for (const { key, limits } of parties) {
        if (limits.concurrentRequests === undefined) continue;
        const left = (running.get(key) ?? 0) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      }
    },
  };
}
