import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { auditDirectories, call, NAME, openLog } from "../support/audit.ts";
import { forage } from "../support/forage.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const directory = auditDirectories();

const LINES = [
  "2026-07-30T10:00:00.000Z  alice  allowed   200  POST anthropic /v1/messages  claude-sonnet-5  900 + 300 + 57 cached tokens  $0.0072  1.5 s\n",
  "2026-07-30T10:01:00.000Z  bob  refused   403  POST anthropic /v1/messages  gpt-6  0.0 s  by the rule model\n",
  '2026-07-31T00:00:00.000Z  bob  failed    502  GET "/v1/mo\\u001b[2Jdels"  0.0 s\n',
];

describe("forage audit", () => {
  let at: string;
  const audit = (...args: readonly string[]) => forage(["audit", ...args, "--directory", at], "/");

  beforeAll(async () => {
    at = await directory();
    const log = await openLog(at);
    const nothing = { tokens: undefined, cost: undefined, firstByteMs: undefined, durationMs: 1 };
    await log.append(call());
    await log.append(
      call({
        ...nothing,
        time: "2026-07-30T10:01:00.000Z",
        sandbox: "bob",
        model: "gpt-6",
        status: 403,
        decision: "refused",
        rule: "model",
        bytesOut: 80,
      }),
    );
    await log.append(
      call({
        ...nothing,
        time: "2026-07-31T00:00:00.000Z",
        sandbox: "bob",
        credential: undefined,
        model: undefined,
        method: "GET",
        path: "/v1/mo\u001b[2Jdels",
        status: 502,
        decision: "failed",
        bytesOut: 90,
      }),
    );
    await log.close();
  });

  it("prints calls as lines", async () => {
    expect(await audit()).toEqual({ status: 0, out: LINES.join(""), err: "" });
  });

  it.each([
    [["--lines", "1"], [2]],
    [["-n", "0"], []],
    [
      ["--sandbox", "bob", "--since", "2026-07-30"],
      [1, 2],
    ],
    [
      ["--since", "2026-07-30T10:00:30"],
      [1, 2],
    ],
    [["--since", "2026-07-30T12:00:30+02:00", "--lines", "1"], [2]],
    [["--until", "2026-07-30T10:01Z"], [0]],
    [["--since", "0m"], []],
    [["--since", "5000w", "--decision", "refused"], [1]],
    [["--model", "claude-*", "--credential", "anthropic", "--provider", "api.anthropic.com"], [0]],
  ])("prints with %j those that are wanted", async (args, wanted) => {
    const { status, out, err } = await audit(...args);
    expect(out).toBe(wanted.map((index) => LINES[index]).join(""));
    const none = "forage: there are no such calls\n";
    expect([status, err]).toEqual([0, wanted.length === 0 ? none : ""]);
  });

  it("prints with --json what the log has", async () => {
    const { out } = await audit("--json");
    expect(out).toBe(await readFile(join(at, `${NAME}.jsonl`), "utf8"));
  });

  it("sums by sandbox and day", async () => {
    expect(await audit("sum")).toEqual({
      status: 0,
      err: "",
      out: [
        "SANDBOX  DAY         CALLS  REFUSED  FAILED  IN   OUT  CACHED  DOLLARS  BYTES\n",
        "alice    2026-07-30  1      0        0       900  300  57      0.0072   45000\n",
        "bob      2026-07-30  1      1        0       0    0    0       -        80\n",
        "bob      2026-07-31  1      0        1       0    0    0       -        90\n",
      ].join(""),
    });
    const { out } = await audit("sum", "--sandbox", "alice", "--json");
    expect(JSON.parse(out)).toMatchObject({ rows: [{ sandbox: "alice", calls: 1 }], dropped: 0 });
    const before = await forage(["audit", "--sandbox", "alice", "sum", "--directory", at], "/");
    expect(before.out.split("\n")).toHaveLength(3);
    const none = await audit("sum", "--sandbox", "carol");
    expect(none).toEqual({ status: 0, out: "", err: "forage: there are no such calls\n" });
  });

  it("verifies, and says what was changed", async () => {
    const range = "from 2026-07-30T10:00:00.000Z to 2026-07-31T00:00:00.000Z";
    expect(await audit("verify")).toEqual({
      status: 0,
      out: `3 lines in 1 file hold: audit-0 has 1 to 3, ${range}\n`,
      err: "",
    });
    const file = join(at, `${NAME}.jsonl`);
    const text = await readFile(file, "utf8");
    await writeFile(file, `${text.replace("bob", "eve").split("\n").slice(0, 2).join("\n")}\n`);
    try {
      expect(await audit("verify")).toEqual({
        status: 1,
        out: `${file}:3: 1 line missing\n`,
        err: "forage: the audit log is not as it was written: 1 fault\n",
      });
      const { status, out } = await audit("verify", "--json");
      expect([status, JSON.parse(out)]).toEqual([
        1,
        {
          logs: [expect.objectContaining({ name: NAME, lines: 2, from: 1 })],
          faults: [{ file, line: 3, what: "missing", missing: 1 }],
        },
      ]);
      await writeFile(file, text.replace("bob", "eve"));
      expect((await audit("verify")).out).toBe(`${file}:2: changed\n`);
    } finally {
      await writeFile(file, text);
    }
  });

  it.each([
    [["--since", "yesterday"], /It is an age such as 90m, 2h or 1d, or a date such as/],
    [["--until", "2026-13-01"], /It is an age/],
    [["--lines", "-1"], /It is a whole number/],
    [["--decision", "maybe"], /Allowed choices are allowed, modified, refused, failed/],
  ])("refuses %j", async (args, message) => {
    const { status, out, err } = await audit(...args);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });

  it.each([[[]], [["sum"]], [["verify"]]])("%j says that there is no log", async (args) => {
    const empty = await directory();
    const found = [
      await forage(["audit", ...args, "--directory", "elsewhere"], empty),
      await forage(["audit", ...args, "--directory", "."], empty),
    ];
    expect(found.map(({ status, out }) => [status, out])).toEqual([
      [2, ""],
      [2, ""],
    ]);
    const hint = "\n  name the directory that the bridge writes its log to\n";
    expect(found.map(({ err }) => err)).toEqual([
      `forage: the audit log in ${empty}/elsewhere cannot be read: there is no such file${hint}`,
      `forage: there is no audit log in ${empty}${hint}`,
    ]);
  });

  it("follows, until nobody reads it any more", async () => {
    const log = await openLog(at, { name: "audit-1" });
    const args = ["audit", "--directory", at, "--follow", "--lines", "1", "--sandbox", "bob"];
    const running = execa(fromRoot("node_modules/.bin/jiti"), [
      fromRoot("lib/cli/main.ts"),
      ...args,
    ]);
    let seen = "";
    let appending: NodeJS.Timeout | undefined;
    running.stdout.on("data", (chunk: Buffer) => {
      if (seen === "") void log.append(call({ sandbox: "bob", time: "2026-07-31T00:00:01.000Z" }));
      seen += chunk.toString("utf8");
      if (seen.split("\n").length < 3) return;
      running.stdout.destroy();
      // It can only tell that nobody reads when it has something to write.
      appending ??= setInterval(() => void log.append(call({ sandbox: "bob" })), 100);
    });
    const { exitCode, stderr } = await running;
    clearInterval(appending);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(seen).toMatch(
      /^2026-07-31T00:00:00\.000Z {2}bob .*\n2026-07-31T00:00:01\.000Z {2}bob {2}allowed/,
    );
    await log.close();
  });
});
