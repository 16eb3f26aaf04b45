import { createHash } from "node:crypto";
import { chmod, readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import { ForageError } from "../../lib/error.ts";
import {
  auditDirectories,
  call,
  logFiles,
  logLines,
  NAME,
  openLog,
  writeLog,
} from "../support/audit.ts";

const directory = auditDirectories();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const mode = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe("the audit log", () => {
  it("has a line for each call, which names the one before", async () => {
    const at = await directory();
    const log = await openLog(at);
    await log.append(call({ rule: undefined }));
    await log.append(call({ sandbox: "bob", decision: "refused", rule: "model" }));
    await log.close();
    const lines = await logLines(at);
    const { rule: _, ...first } = call();
    expect(lines[0]).toBe(JSON.stringify({ seq: 1, prev: "0".repeat(64), ...first }));
    expect(lines[1]).toContain(`{"seq":2,"prev":"${sha256(`${lines[0]}\n`)}","time":`);
    expect(lines[1]).toMatch(/"decision":"refused","rule":"model"\}$/);
    const two = "2".padStart(16);
    expect(await readFile(join(at, `${NAME}.head`), "utf8")).toBe(
      `{"seq":${two},"hash":"${sha256(`${lines[1]}\n`)}","end":${two}}\n`,
    );
  });

  it("has nothing of a call but its fields, in one order, and none without end", async () => {
    const at = await directory();
    const log = await openLog(at);
    const { time, ...others } = call({
      model: "é\n\u2028\ud800".repeat(9000),
      path: "/".repeat(1e6),
    });
    await log.append({ ...others, headers: { authorization: "x" }, time } as typeof others & {
      time: string;
    });
    await log.close();
    const [line = ""] = await logLines(at);
    expect(Object.keys(JSON.parse(line)).slice(0, 4)).toEqual(["seq", "prev", "time", "sandbox"]);
    expect(line).not.toContain("authorization");
    expect(line.length).toBeLessThan(10_000);
    expect((await verifyAudit(at)).faults).toEqual([]);
  });

  it("has its lines once they are acknowledged, and the calls of one turn in their order", async () => {
    const at = await directory();
    const log = await openLog(at);
    const count = 25_000;
    await Promise.all(Array.from({ length: count }, (_, bytesIn) => log.append(call({ bytesIn }))));
    const lines = await logLines(at);
    expect(lines.map((line) => JSON.parse(line).bytesIn)).toEqual([...Array(count).keys()]);
    expect(log.problem).toBeUndefined();
    await log.close();
  });

  it("is for its owner and group, but what is there keeps its mode", async () => {
    const at = join(await directory(), "deep", "down");
    const umask = process.umask(0o077);
    await writeLog(at, 1).finally(() => process.umask(umask));
    const [file = ""] = await logFiles(at);
    expect([await mode(at), await mode(file), await mode(join(at, `${NAME}.head`))]).toEqual([
      "750",
      "640",
      "640",
    ]);
    await chmod(at, 0o700);
    await chmod(file, 0o600);
    await writeLog(at, 1);
    expect([await mode(at), await mode(file)]).toEqual(["700", "600"]);
  });

  it("has one writer", async () => {
    const at = await directory();
    const log = await openLog(at);
    const other = await openLog(at, { name: "audit-1" });
    await expect(openLog(`${at}/../${at.split("/").at(-1)}`)).rejects.toMatchObject({
      code: "busy",
      message: expect.stringMatching(
        /^another process writes the audit log audit-0 in .*\n {2}end that/,
      ),
    });
    await Promise.all([log.close(), other.close()]);
    await (await openLog(at)).close();
  });

  it("says why it cannot be opened", async () => {
    const at = await directory();
    await writeFile(join(at, "file"), "");
    const error = await openLog(join(at, "file")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ForageError);
    expect(error).toMatchObject({
      code: "host",
      message: expect.stringMatching(/^the audit log audit-0 in .*: /),
    });
  });

  it("takes nothing any more once it is closed", async () => {
    const at = await directory();
    const log = await openLog(at);
    await log.close();
    await log.close();
    await log.append(call());
    expect([log.problem, await log.retry(), await logLines(at)]).toEqual([
      "it is closed",
      false,
      [],
    ]);
  });
});

describe("files of the audit log", () => {
  it("are put aside when they are large, and the oldest are removed", async () => {
    const at = await directory();
    await writeLog(at, 20, { maxBytes: 2000, maxFiles: 3 });
    const files = await logFiles(at);
    expect(files.map((file) => file.slice(at.length + 1))).toEqual([
      expect.stringMatching(/^audit-0\.\d{8}T\d{9}Z-5\.jsonl$/),
      expect.stringMatching(/^audit-0\.\d{8}T\d{9}Z-9\.jsonl$/),
      expect.stringMatching(/^audit-0\.\d{8}T\d{9}Z-13\.jsonl$/),
      "audit-0.jsonl",
    ]);
    for (const file of files) expect((await stat(file)).size).toBeLessThanOrEqual(2000);
    const { logs, faults } = await verifyAudit(at);
    expect([faults, logs]).toEqual([
      [],
      [
        expect.objectContaining({
          files: 4,
          lines: 16,
          from: 5,
          end: expect.objectContaining({ seq: 20 }),
        }),
      ],
    ]);
  });

  it("are put aside when they are old, also when the log was closed meanwhile", async () => {
    const at = await directory();
    await writeLog(at, 2);
    await writeLog(at, 1);
    expect(await logFiles(at)).toHaveLength(1);
    await writeLog(at, 1, { maxHours: 1e-9 });
    expect(await logFiles(at)).toHaveLength(2);
    expect((await verifyAudit(at)).faults).toEqual([]);
  });

  it("may be removed while they are written, which is found", async () => {
    const at = await directory();
    const log = await openLog(at, { maxBytes: 1000 });
    await log.append(call());
    await rename(join(at, `${NAME}.jsonl`), join(at, "elsewhere"));
    await log.append(call());
    await log.append(call());
    expect(log.problem).toBeUndefined();
    await log.close();
    expect(await logLines(at)).toHaveLength(1);
    expect((await verifyAudit(at)).logs[0]).toMatchObject({ from: 3, lines: 1 });
  });
});

describe("a log whose writer was killed", () => {
  it("loses half a line, and goes on after the last whole one", async () => {
    const at = await directory();
    await writeLog(at, 3);
    const [file = ""] = await logFiles(at);
    await writeFile(file, `{"seq":4,"prev":"`, { flag: "a" });
    await writeLog(at, 2);
    expect((await logLines(at)).map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5]);
    expect((await verifyAudit(at)).faults).toEqual([]);
  });

  it.each(["is missing", "is empty"])("goes on when the current file %s", async (state) => {
    const at = await directory();
    await writeLog(at, 5, { maxBytes: 1000 });
    const [last = ""] = (await logFiles(at)).slice(-1);
    await rename(last, join(at, `${NAME}.20260730T100000000Z-5.jsonl`));
    if (state === "is empty") await writeFile(last, "");
    await writeLog(at, 2);
    expect((await logLines(at)).map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await verifyAudit(at)).faults).toEqual([]);
  });

  it("may have told the head of fewer lines than there are", async () => {
    const at = await directory();
    const head = join(at, `${NAME}.head`);
    await writeLog(at, 2);
    const before = await readFile(head);
    await writeLog(at, 2);
    await writeFile(head, before);
    expect((await verifyAudit(at)).faults).toEqual([]);
    await writeLog(at, 1);
    expect((await logLines(at)).map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5]);
    expect((await verifyAudit(at)).faults).toEqual([]);
  });

  it("does not hide that its last lines are missing by going on", async () => {
    const at = await directory();
    await writeLog(at, 4);
    const [file = ""] = await logFiles(at);
    const length = (await logLines(at)).slice(0, 2).join("\n").length + 1;
    await truncate(file, length);
    const fault = { file, line: 3, what: "missing", missing: 2 };
    expect((await verifyAudit(at)).faults).toEqual([fault]);
    await writeLog(at, 1);
    expect((await verifyAudit(at)).faults).toEqual([fault]);
  });
});

describe("a log that cannot be written", () => {
  it("keeps the lines, up to a number, and says how many it dropped", async () => {
    const at = await directory();
    const log = await openLog(at);
    await rename(at, `${at}-elsewhere`);
    await log.append(call({ sandbox: "kept" }));
    expect(log.problem).toMatch(
      /^the audit log audit-0 in .* cannot be written: there is no such file$/,
    );
    expect(await log.retry()).toBe(false);
    await Promise.all(Array.from({ length: 10_005 }, () => log.append(call())));
    await rename(`${at}-elsewhere`, at);
    expect([await log.retry(), log.problem]).toEqual([true, undefined]);
    await log.append(call({ sandbox: "later" }));
    await log.close();
    const { logs, faults } = await verifyAudit(at);
    expect([faults, logs[0]]).toEqual([[], expect.objectContaining({ dropped: 6, lines: 10_002 })]);
    const entries = (await logLines(at)).map((line) => JSON.parse(line));
    expect(entries[0].sandbox).toBe("kept");
    expect(entries.at(-2).dropped).toBe(6);
    expect(entries.at(-1).sandbox).toBe("later");
  });
});
