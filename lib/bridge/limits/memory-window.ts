import type { MakeWindow } from "./limiter.ts";

interface Open {
  points: number;
  readonly ends: number;
}

/** Fewer that are over cost less than to look for them. */
const FEW = 1000;

/** A counter in this process. It answers at once: promises would cost each request more than the counting. */
export const inMemory: MakeWindow = ({ duration }) => {
  const records = new Map<string, Open>();
  let most = FEW;
  const running = (key: string, now: number) => {
    const found = records.get(key);
    return found !== undefined && found.ends > now ? found : undefined;
  };
  const begin = (key: string, now: number) => {
    if (records.size >= most) {
      for (const [one, { ends }] of records) if (ends <= now) records.delete(one);
      most = FEW + 2 * records.size;
    }
    const begun = { points: 0, ends: now + duration * 1000 };
    records.set(key, begun);
    return begun;
  };
  return {
    read: (key) => {
      const now = Date.now();
      const found = running(key, now);
      return found && { points: found.points, msLeft: found.ends - now };
    },
    add: (key, points) => {
      const now = Date.now();
      const record = running(key, now) ?? begin(key, now);
      record.points += points;
      return { points: record.points, msLeft: record.ends - now };
    },
  };
};
