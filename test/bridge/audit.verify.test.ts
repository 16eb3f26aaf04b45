import { appendFileSync } from "node:fs";
import { appendFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { lastOfAudit } from "../../lib/bridge/audit/tail.ts";
import { type AuditCheck, verifyAudit } from "../../lib/bridge/audit/verify.ts";
import {
  auditDirectories,
  call,
  logFiles,
  logLines,
  NAME,
  openLog,
  writeLog,
} from "../support/audit.ts";
import { SEED } from "../support/seed.ts";

const directory = auditDirectories();
const whats = ({ faults }: AuditCheck) => [...new Set(faults.map(({ what }) => what))];

type Step =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "reopen" | "half a line" | "old head" | "put aside" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.nat(12) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "reopen" as const,
        "half a line" as const,
        "old head" as const,
        "put aside" as const,
      ),
    }),
  },
);

/** What a writer leaves that is killed in the middle of something. */
async function leave(kind: Step["kind"], at: string, oldHead: Buffer): Promise<void> {
  const current = join(at, `${NAME}.jsonl`);
  const text = await readFile(current, "utf8").catch(() => "");
  if (kind === "half a line") await appendFile(current, '{"seq":7,"prev":"00');
  if (kind === "old head") await writeFile(join(at, `${NAME}.head`), oldHead);
  if (kind === "put aside" && text !== "")
    await rename(
      current,
      join(at, `${NAME}.20260730T100000000Z-${JSON.parse(text.split("\n")[0] ?? "").seq}.jsonl`),
    );
}

it("a log holds, however often it is put aside, closed and cut off", async () => {
  const runs = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
    const at = await directory();
    let log = await openLog(at, { maxBytes: 1500 });
    let written = 0;
    let oldHead = await readFile(join(at, `${NAME}.head`));
    for (const { kind, ...rest } of steps) {
      if ("count" in rest) {
        oldHead = await readFile(join(at, `${NAME}.head`));
        await Promise.all(Array.from({ length: rest.count }, () => log.append(call())));
        written += rest.count;
      } else {
        await log.close();
        await leave(kind, at, oldHead);
        log = await openLog(at, { maxBytes: 1500 });
      }
      const { logs, faults } = await verifyAudit(at);
      expect([faults, logs[0]?.lines]).toEqual([[], written]);
    }
    await log.close();
    const seqs = (await logLines(at)).map((line) => JSON.parse(line).seq);
    expect(seqs).toEqual(Array.from({ length: written }, (_, index) => index + 1));
  });
  await fc.assert(runs, { numRuns: 40, seed: SEED });
});

describe("of a log of 14 lines in 4 files", () => {
  let at: string;
  let files: readonly string[];
  let contents: readonly Buffer[];

  beforeAll(async () => {
    at = await directory();
    await writeLog(at, 14, { maxBytes: 2000 });
    files = await logFiles(at);
    contents = await Promise.all(files.map((file) => readFile(file)));
  });

  /** What is found once a file has another content, or none. */
  async function checked(index: number, content: Buffer | undefined): Promise<AuditCheck> {
    const [file = "", before = ""] = [files[index], contents[index]];
    await (content === undefined ? rm(file) : writeFile(file, content));
    try {
      return await verifyAudit(at);
    } finally {
      await writeFile(file, before);
    }
  }

  async function missChange(index: number, position: number, byte: number) {
    const content = Buffer.from(contents[index] ?? "");
    if (content[position] === byte) return [];
    content[position] = byte;
    const { faults } = await checked(index, content);
    return faults.length > 0 ? [] : [{ file: files[index], position, byte }];
  }

  it("nothing is wrong while nobody touches it", async () => {
    const { logs, faults } = await verifyAudit(at);
    expect(faults).toEqual([]);
    expect(logs).toEqual([
      {
        name: NAME,
        files: 4,
        lines: 14,
        from: 1,
        end: { seq: 14, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        firstTime: "2026-07-30T00:00:00.000Z",
        lastTime: "2026-07-30T00:00:13.000Z",
        dropped: 0,
      },
    ]);
  });

  it("a changed byte of the last line is found", async () => {
    const last = contents.length - 1;
    const tail = contents[last] ?? Buffer.alloc(0);
    const start = tail.lastIndexOf("\n", tail.length - 2) + 1;
    const missed: unknown[] = [];
    for (let position = start; position < tail.length; position += 3)
      missed.push(...(await missChange(last, position, 0x37)));
    expect(missed).toEqual([]);
  });

  it("any changed byte of any line is found", async () => {
    const place = fc.record({
      index: fc.nat(3),
      place: fc.noBias(fc.nat(1e9)),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(0x0a, 0x20, 0x30, 0x31)),
    });
    const run = fc.asyncProperty(place, async ({ index, place, byte }) => {
      const position = place % (contents[index]?.length ?? 1);
      expect(await missChange(index, position, byte)).toEqual([]);
    });
    await fc.assert(run, { numRuns: 200, seed: SEED });
  });

  it("any line that is removed, is there twice or has changed its place is found", async () => {
    for (const [index, content] of contents.entries()) {
      const lines = content.toString("utf8").split(/(?<=\n)/);
      for (const [line, text] of lines.entries()) {
        const without = lines.toSpliced(line, 1);
        const isFirst = index === 0 && line === 0;
        const file = files[index];
        const found = [
          await checked(index, Buffer.from(without.join(""))),
          await checked(index, Buffer.from(lines.toSpliced(line, 0, text).join(""))),
          ...(without.length > line
            ? [await checked(index, Buffer.from(without.toSpliced(line + 1, 0, text).join("")))]
            : []),
        ];
        // What begins later may have been put aside and removed.
        if (isFirst) expect(found.shift()).toMatchObject({ faults: [], logs: [{ from: 2 }] });
        else if (line + 1 < lines.length)
          expect(found[0]?.faults).toEqual([{ file, line: line + 1, what: "missing", missing: 1 }]);
        for (const { faults } of found) expect(faults).not.toEqual([]);
      }
    }
  });

  it("a whole file that is removed is found, unless it is the oldest", async () => {
    expect(await checked(0, undefined)).toMatchObject({
      faults: [],
      logs: [{ from: 5, files: 3 }],
    });
    for (const [index, missing] of [
      [1, 4],
      [2, 4],
    ] as const)
      expect((await checked(index, undefined)).faults).toEqual([
        { file: files[index + 1], line: 1, what: "missing", missing },
      ]);
    expect((await checked(3, undefined)).faults).toEqual([
      { file: files[2], line: 5, what: "missing", missing: 2 },
    ]);
  });

  it("each kind of damage has its name and its place", async () => {
    const [, second = Buffer.alloc(0)] = contents;
    const text = second.toString("utf8");
    const [file] = files.slice(1);
    const damaged = async (content: string) => (await checked(1, Buffer.from(content))).faults;
    expect(await damaged(text.replace("alice", "mallo"))).toEqual([
      { file, line: 1, what: "changed" },
    ]);
    expect(await damaged(text.replace('"sandbox"', "sandbox"))).toEqual([
      { file, line: 1, what: "not JSON" },
    ]);
    expect(await damaged(text.slice(0, -1))).toEqual([
      { file, line: 4, what: "half-written" },
      { file: files[2], line: 1, what: "missing", missing: 1 },
    ]);
    expect(await damaged(`${text}{"seq":`)).toEqual([{ file, line: 5, what: "half-written" }]);
    expect(await damaged(`[]\n${"x".repeat(5e6)}`)).toContainEqual({
      file,
      line: 1,
      what: "not JSON",
    });
  });

  it("a head that is missing or changed is found", async () => {
    const file = join(at, `${NAME}.head`);
    const head = await readFile(file, "utf8");
    const found: unknown[] = [];
    for (const text of [
      "",
      "x",
      head.replace("14", "15"),
      head.replaceAll("14", "15"),
      head.replace(/.(?=",)/, "_"),
    ]) {
      await writeFile(file, text);
      found.push(whats(await verifyAudit(at)));
    }
    await rm(file);
    found.push(whats(await verifyAudit(at)));
    await writeFile(file, head);
    expect(found).toEqual([
      ["not JSON"],
      ["not JSON"],
      ["not JSON"],
      ["missing"],
      ["not JSON"],
      ["missing"],
    ]);
  });
});

describe("while the bridge writes", () => {
  it("a log holds, and is read without a gap, however often it is put aside", async () => {
    const at = await directory();
    const log = await openLog(at, { maxBytes: 20_000, maxFiles: 1000 });
    let isDone = false;
    const writing = (async () => {
      for (let round = 0; round < 400; round++)
        await Promise.all(Array.from({ length: 20 }, () => log.append(call())));
      isDone = true;
    })();
    let checks = 0;
    while (!isDone) {
      const { faults, logs } = await verifyAudit(at);
      expect([faults, logs[0]?.from ?? 1]).toEqual([[], 1]);
      const { entries } = await lastOfAudit(at, {}, 100);
      const [first] = entries;
      expect(entries.map(({ seq }) => seq)).toEqual(
        entries.map((_, index) => (first?.seq ?? 0) + index),
      );
      checks++;
    }
    await writing;
    await log.close();
    expect(checks).toBeGreaterThan(0);
    expect(await verifyAudit(at)).toMatchObject({ faults: [], logs: [{ lines: 8000 }] });
  });

  it("a line that is half there is waited for", async () => {
    const at = await directory();
    const head = join(at, `${NAME}.head`);
    await writeLog(at, 1);
    const before = await readFile(head);
    await writeLog(at, 1);
    await writeFile(head, before);
    const [file = ""] = await logFiles(at);
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, -20));
    const checking = verifyAudit(at);
    setTimeout(() => appendFileSync(file, text.slice(-20)), 20);
    expect(await checking).toMatchObject({ faults: [] });
  });

  it("files that are removed because they are old are not missed", async () => {
    const at = await directory();
    const log = await openLog(at, { maxBytes: 1000, maxFiles: 3 });
    let isDone = false;
    const writing = (async () => {
      for (let round = 0; round < 1500; round++) await log.append(call());
      isDone = true;
    })();
    while (!isDone) expect((await verifyAudit(at)).faults).toEqual([]);
    await writing;
    await log.close();
    expect((await verifyAudit(at)).logs[0]?.files).toBe(4);
  });
});

it.each([
  ["nowhere", /^the audit log in .*\/nowhere cannot be read: there is no such file\n {2}name the/],
  ["empty", /^there is no audit log in .*\/empty\n {2}name the directory/],
])("no log is no log that holds: %s", async (name, message) => {
  const at = await directory();
  await mkdir(join(at, "empty"));
  await expect(verifyAudit(join(at, name))).rejects.toMatchObject({
    code: "file",
    message: expect.stringMatching(message),
  });
});
