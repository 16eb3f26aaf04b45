import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import { auditDirectories, call, logLines, NAME, openLog } from "../support/audit.ts";

const directory = auditDirectories();
const LIB = fileURLToPath(new URL("../../lib", import.meta.url));
const ROUNDS = 5;

/** Appends without end, and prints the number of each call whose line is acknowledged. */
const SCRIPT = `
  import { createJiti } from "jiti";
  const [lib, options, what] = JSON.parse(process.argv[1]);
  const { openAudit } = await createJiti(lib + "/").import("./bridge/audit/log.ts");
  const log = await openAudit(options);
  for (let number = options.from; ; number += 8)
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        log.append({ ...what, bytesIn: number + index }).then(() => process.stdout.write(number + index + "\\n")),
      ),
    );
`;

/** Kills it some time after its first line, and returns the numbers that it has printed. */
async function killed(at: string, from: number, lines: number): Promise<number[]> {
  const options = { directory: at, name: NAME, maxBytes: 9000, maxHours: 1e6, maxFiles: 1e6, from };
  const args = ["--input-type=module", "--eval", SCRIPT, "--"];
  const running = execa(process.execPath, [...args, JSON.stringify([LIB, options, call()])], {
    cwd: LIB,
    reject: false,
  });
  let seen = 0;
  running.stdout.on("data", (chunk: Buffer) => {
    seen += chunk.filter((byte) => byte === 0x0a).length;
    if (seen >= lines) running.kill("SIGKILL");
  });
  const { stdout, stderr, signal } = await running;
  expect([stderr, signal]).toEqual(["", "SIGKILL"]);
  return stdout.split("\n").map(Number);
}

it("no line that was acknowledged is lost when the writer is killed, and none is half", async () => {
  const at = await directory();
  const acknowledged: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const numbers = await killed(at, round * 1e6, 1 + 150 * round);
    // The last one may have been cut off while it was printed.
    acknowledged.push(...numbers.slice(0, -1));
    const { faults } = await verifyAudit(at);
    expect(faults.filter(({ what }) => what !== "half-written")).toEqual([]);
  }
  const log = await openLog(at, { maxFiles: 1e6 });
  await log.append(call());
  await log.close();
  expect((await verifyAudit(at)).faults).toEqual([]);
  const found = new Set((await logLines(at)).map((line) => JSON.parse(line).bytesIn));
  expect(acknowledged.filter((number) => !found.has(number))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 100);
});
