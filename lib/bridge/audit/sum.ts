import type { AuditFilter } from "./filter.ts";
import type { AuditedCall } from "./line.ts";
import { readAudit } from "./read.ts";

/** What a sandbox has done on one day. */
export interface AuditSum {
  readonly sandbox: string;
  /** In UTC: "2026-07-30". */
  readonly day: string;
  readonly calls: number;
  readonly refused: number;
  readonly failed: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Read from a cache or written to one. */
  readonly tokensCached: number;
  /** In US dollars, of the calls whose price is known; there is none where no price is. */
  readonly cost: number | undefined;
  readonly bytesOut: number;
}

export interface AuditSums {
  /** By sandbox, and then by day. */
  readonly rows: readonly AuditSum[];
  /** How many calls are not in the log, as it says itself. */
  readonly dropped: number;
}

/** @throws ForageError `file` when there is no log, or it cannot be read */
export async function sumAudit(directory: string, filter: AuditFilter = {}): Promise<AuditSums> {
  const rows = new Map<string, AuditSum>();
  let dropped = 0;
  for await (const entry of readAudit(directory, filter)) {
    if ("dropped" in entry) {
      dropped += entry.dropped;
      continue;
    }
    const key = JSON.stringify([entry.sandbox, entry.time.slice(0, 10)]);
    rows.set(key, plus(rows.get(key) ?? nothing(entry), entry));
  }
  return { rows: [...rows.values()].sort(bySandboxAndDay), dropped };
}

function nothing({ sandbox, time }: AuditedCall): AuditSum {
  return {
    sandbox,
    day: time.slice(0, 10),
    calls: 0,
    refused: 0,
    failed: 0,
    tokensIn: 0,
    tokensOut: 0,
    tokensCached: 0,
    cost: undefined,
    bytesOut: 0,
  };
}

function plus(sum: AuditSum, { decision, tokens, cost, bytesOut }: AuditedCall): AuditSum {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = tokens ?? {};
  return {
    ...sum,
    calls: sum.calls + 1,
    refused: sum.refused + (decision === "refused" ? 1 : 0),
    failed: sum.failed + (decision === "failed" ? 1 : 0),
    tokensIn: sum.tokensIn + input,
    tokensOut: sum.tokensOut + output,
    tokensCached: sum.tokensCached + cacheRead + cacheWrite,
    cost: cost === undefined ? sum.cost : (sum.cost ?? 0) + cost,
    bytesOut: sum.bytesOut + bytesOut,
  };
}

function bySandboxAndDay(a: AuditSum, b: AuditSum): number {
  if (a.sandbox !== b.sandbox) return a.sandbox < b.sandbox ? -1 : 1;
  return a.day < b.day ? -1 : 1;
}
