import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { AuditFilter } from "../../lib/bridge/audit/filter.ts";
import { followAudit } from "../../lib/bridge/audit/follow.ts";
import type { AuditEntry } from "../../lib/bridge/audit/line.ts";
import { readAudit } from "../../lib/bridge/audit/read.ts";
import { sumAudit } from "../../lib/bridge/audit/sum.ts";
import { lastOfAudit } from "../../lib/bridge/audit/tail.ts";
import { auditDirectories, call, NAME, openLog } from "../support/audit.ts";

const directory = auditDirectories();
/** So many minutes after midnight. */
const minute = (count: number) => new Date(Date.UTC(2026, 6, 30, 0, count)).toISOString();

async function all(entries: AsyncIterable<AuditEntry>): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

describe("a log of two workers", () => {
  let at: string;
  const read = async (filter: AuditFilter) =>
    (await all(readAudit(at, filter))).map((entry) => ("dropped" in entry ? 0 : entry.bytesIn));

  beforeAll(async () => {
    at = await directory();
    const logs = [
      await openLog(at, { maxBytes: 1500 }),
      await openLog(at, { name: "audit-1", maxBytes: 1500 }),
    ];
    for (let count = 0; count < 20; count++)
      await logs[count % 3 === 0 ? 1 : 0]?.append(
        call({
          time: minute(count),
          bytesIn: count,
          sandbox: count % 2 === 0 ? "alice" : "bob",
          ...(count === 7 && { decision: "refused", rule: "model", model: "gpt-6 (large)" }),
          ...(count === 8 && { model: undefined, tokens: undefined, cost: undefined }),
          ...(count === 9 && { credential: "openai", provider: "api.openai.com" }),
          ...(count >= 18 && { decision: "failed" }),
        }),
      );
    await Promise.all(logs.map((log) => log.close()));
    // What is damaged is left out.
    await appendFile(join(at, `${NAME}.jsonl`), "{\n[]\nnull\n{}\n");
  });

  it("is read as one, in the order of time", async () => {
    expect(await read({})).toEqual([...Array(20).keys()]);
  });

  it.each<[AuditFilter, number[]]>([
    [{ sandbox: "bob", until: new Date(minute(5)) }, [1, 3]],
    [{ decision: "refused" }, [7]],
    [{ decision: "failed", sandbox: "alice" }, [18]],
    [{ credential: "openai" }, [9]],
    [{ provider: "api.openai.com" }, [9]],
    [{ model: "gpt-* (*)" }, [7]],
    [{ model: "gpt-6 .large." }, []],
    [{ model: "*", since: new Date(minute(6)), until: new Date(minute(10)) }, [6, 7, 9]],
    [{ since: new Date(minute(18)) }, [18, 19]],
    [{ sandbox: "carol" }, []],
  ])("is filtered by %j", async (filter, found) => {
    expect(await read(filter)).toEqual(found);
    const { entries } = await lastOfAudit(at, filter, 1);
    expect(entries).toMatchObject(found.slice(-1).map((bytesIn) => ({ bytesIn })));
  });

  it("ends with its last calls", async () => {
    const { entries, position } = await lastOfAudit(at, {}, 5);
    expect(entries).toMatchObject([15, 16, 17, 18, 19].map((bytesIn) => ({ bytesIn })));
    expect(position).toEqual(
      new Map([
        [NAME, 13],
        ["audit-1", 7],
      ]),
    );
    expect(await lastOfAudit(at, {}, 0)).toEqual({ entries: [], position });
    expect((await lastOfAudit(at, {}, Number.POSITIVE_INFINITY)).entries).toHaveLength(20);
    expect(await lastOfAudit(at, { since: new Date(minute(99)) }, 9)).toEqual({
      entries: [],
      position,
    });
  });

  it("is summed by sandbox and day", async () => {
    const usual = {
      day: "2026-07-30",
      calls: 10,
      tokensIn: 9000,
      tokensOut: 3000,
      bytesOut: 450_000,
    };
    expect(await sumAudit(at)).toEqual({
      rows: [
        {
          ...usual,
          sandbox: "alice",
          refused: 0,
          failed: 1,
          tokensIn: 8100,
          tokensOut: 2700,
          tokensCached: 9 * 57,
          cost: expect.closeTo(9 * 0.0072),
        },
        {
          ...usual,
          sandbox: "bob",
          refused: 1,
          failed: 1,
          tokensCached: 570,
          cost: expect.closeTo(10 * 0.0072),
        },
      ],
      dropped: 0,
    });
    const { rows } = await sumAudit(at, { since: new Date(minute(8)), until: new Date(minute(9)) });
    expect(rows).toMatchObject([{ calls: 1, cost: undefined, tokensIn: 0 }]);
  });
});

it("days are those of UTC", async () => {
  const at = await directory();
  const log = await openLog(at);
  await log.append(call({ time: "2026-07-29T23:59:59.999Z" }));
  await log.append(call({ time: "2026-07-30T00:00:00.000Z" }));
  await log.close();
  expect((await sumAudit(at)).rows.map(({ day }) => day)).toEqual(["2026-07-29", "2026-07-30"]);
});

it("a log is followed from where it was, also into new files and to new workers", async () => {
  const at = await directory();
  const log = await openLog(at, { maxBytes: 5000 });
  await log.append(call({ bytesIn: -1 }));
  const { position } = await lastOfAudit(at, {}, 0);
  const stop = new AbortController();
  const found: number[] = [];
  const following = (async () => {
    for await (const entry of followAudit(at, { sandbox: "alice" }, position, stop.signal)) {
      if (!("dropped" in entry)) found.push(entry.bytesIn);
      if (found.includes(1000)) stop.abort();
    }
  })();
  for (let bytesIn = 0; bytesIn < 1000; bytesIn++) {
    await log.append(call({ bytesIn, sandbox: bytesIn % 10 === 0 ? "bob" : "alice" }));
    // So that the reader sees it in many states.
    if (bytesIn % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 70));
  }
  const other = await openLog(at, { name: "audit-1" });
  await other.append(call({ bytesIn: 1000 }));
  await following;
  await Promise.all([log.close(), other.close()]);
  const expected = [...Array(1000).keys()].filter((bytesIn) => bytesIn % 10 !== 0);
  expect(found).toEqual([...expected, 1000]);
});
