import { mkdtempSync, rmdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import { call, logFiles, logLines, openLog } from "../support/audit.ts";
import { needsRoot } from "../support/tools.ts";

const FULL = /^the audit log audit-0 in .* cannot be written: no space is left on the device$/;

/** A disk of 64 KiB, where there may be one. */
function mountDisk(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const at = mkdtempSync(join(tmpdir(), "audit-disk-"));
  const { failed } = execaSync("mount", ["-t", "tmpfs", "-o", "size=64k", "audit-test", at], {
    reject: false,
  });
  if (!failed) return at;
  rmdirSync(at);
  return undefined;
}

const disk = mountDisk();
afterAll(() => {
  if (disk === undefined) return;
  // Lazily: a test that failed may have left a file open.
  execaSync("umount", ["--lazy", disk]);
  rmdirSync(disk);
});

const canSkip = disk === undefined && process.env["CI"] !== "true";
const needsDisk: ReturnType<typeof needsRoot> = canSkip
  ? (name, tests) => void describe.skip(`${name} (needs a mounted tmpfs)`, tests)
  : needsRoot("mount");

needsDisk("on a disk that is full", () => {
  it("what is in the file stays whole, and what is not comes once there is room", async () => {
    if (disk === undefined) throw new Error("a tmpfs cannot be mounted, and in CI none is skipped");
    const filler = join(disk, "filler");
    await writeFile(filler, Buffer.alloc(20_000));
    const log = await openLog(disk);
    let appended = 0;
    const append = (count: number) => {
      appended += count;
      return Promise.all(Array.from({ length: count }, () => log.append(call())));
    };
    while (log.problem === undefined && appended < 500) await append(7);
    expect(log.problem).toMatch(FULL);
    const [file = ""] = await logFiles(disk);
    const before = await readFile(file, "utf8");
    expect(before).toMatch(/\}\n$/);
    await append(20);
    expect([await log.retry(), await readFile(file, "utf8")]).toEqual([false, before]);
    expect((await verifyAudit(disk)).faults).toEqual([]);

    await rm(filler);
    expect([await log.retry(), log.problem]).toEqual([true, undefined]);
    await append(1);
    await log.close();
    expect((await logLines(disk)).map((line) => JSON.parse(line).seq)).toEqual(
      Array.from({ length: appended }, (_, index) => index + 1),
    );
    expect((await verifyAudit(disk)).faults).toEqual([]);
  });

  it("a log that is closed before there is room goes on with the last whole line", async () => {
    if (disk === undefined) throw new Error("a tmpfs cannot be mounted, and in CI none is skipped");
    const filler = join(disk, "filler");
    const log = await openLog(disk, { name: "audit-1" });
    await log.append(call());
    await writeFile(filler, Buffer.alloc(1e5)).catch(() => undefined);
    while (log.problem === undefined) await log.append(call());
    await log.close();
    await rm(filler);
    const again = await openLog(disk, { name: "audit-1" });
    await again.append(call());
    await again.close();
    expect((await verifyAudit(disk)).faults).toEqual([]);
  });
});
