import type { AuditEntry } from "./line.ts";

/** When a call ended, in ms: each log has its calls in that order. */
function endOf(entry: AuditEntry): number {
  return Date.parse(entry.time) + ("dropped" in entry ? 0 : entry.durationMs);
}

export function inOrder(entries: readonly AuditEntry[]): AuditEntry[] {
  return entries
    .map((entry) => ({ entry, end: endOf(entry) }))
    .sort((a, b) => a.end - b.end)
    .map(({ entry }) => entry);
}

/** Several logs as one, without more than an entry of each in memory. */
export async function* merged(
  logs: readonly AsyncGenerator<AuditEntry, void, undefined>[],
): AsyncGenerator<AuditEntry, void, undefined> {
  try {
    const next = await Promise.all(logs.map(nextOf));
    for (;;) {
      const ends = next.map((one) => one?.end ?? Number.POSITIVE_INFINITY);
      const index = ends.indexOf(Math.min(...ends));
      const [log, first] = [logs[index], next[index]];
      if (log === undefined || first === undefined) return;
      yield first.entry;
      next[index] = await nextOf(log);
    }
  } finally {
    await Promise.all(logs.map((log) => log.return()));
  }
}

async function nextOf(log: AsyncGenerator<AuditEntry, void, undefined>) {
  const { done, value } = await log.next();
  return done || value === undefined ? undefined : { entry: value, end: endOf(value) };
}
