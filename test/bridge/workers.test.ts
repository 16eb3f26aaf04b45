import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import { ask } from "../support/bridge/ask.ts";
import { anyAt } from "../support/bridge/providers.ts";
import { setupIn } from "../support/bridge/start.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { childrenOf } from "../support/children.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const START = fileURLToPath(new URL("../support/bridge/start-workers.js", import.meta.url));
const REQUESTS = 200;
const ALLOWED = 120;

const root = temporaryDirectory();
let upstream: Omit<Upstream, "received">;

beforeAll(async () => {
  upstream = await startPlainUpstream((request, response) => {
    request.resume();
    response.end("{}");
  });
});
afterAll(() => upstream.close());

it("shares its work between processes, and counts for all of them", async () => {
  const directory = root();
  const setup = await setupIn(directory, {
    credentials: {
      llm: { provider: anyAt(upstream.origin), limits: { requestsPerMinute: ALLOWED } },
    },
    sandboxes: { one: {} },
    setup: { workers: 2 },
  });
  await mkdir(`${directory}/run`);
  writeFileSync(`${directory}/setup.json`, JSON.stringify(setup));
  const bridge = spawn(process.execPath, [START, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await new Promise<void>((resolve) => bridge.stdout.once("data", () => resolve()));
    const socket = `${directory}/run/one/bridge.sock`;
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => ask(socket, "/llm/api/messages", { body: "{}" })),
    );
    const passed = answers.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(ALLOWED);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(REQUESTS - ALLOWED);
    const logs = readdirSync(`${directory}/log`).filter((name) => name.endsWith(".jsonl"));
    expect(logs).toEqual(["audit-0.jsonl", "audit-1.jsonl"]);
    const lines = logs.map(
      (name) => readFileSync(`${directory}/log/${name}`, "utf8").split("\n").length - 1,
    );
    expect(lines.every((count) => count > 0)).toBe(true);
    expect((lines[0] ?? 0) + (lines[1] ?? 0)).toBeLessThanOrEqual(REQUESTS);
    const { body } = await ask(`${directory}/run/admin.sock`, "/metrics", { method: "GET" });
    expect(body.toString()).toContain(
      `forage_bridge_calls_total{sandbox="one",credential="llm",decision="allowed"} ${ALLOWED}`,
    );
    expect((await verifyAudit(`${directory}/log`)).faults).toEqual([]);

    const health = () => ask(`${directory}/run/admin.sock`, "/healthz", { method: "GET" });
    expect((await health()).status).toBe(200);
    // The first one answers the administrator.
    const [, second = 0] = await childrenOf(bridge.pid ?? 0);
    process.kill(second, "SIGSTOP");
    const { status, body: problem } = await health();
    expect([status, JSON.parse(String(problem))]).toEqual([
      503,
      { ok: false, problem: "a worker does not answer" },
    ]);
    process.kill(second, "SIGCONT");
    expect((await health()).status).toBe(200);
  } finally {
    bridge.stdin.end();
    await new Promise((resolve) => bridge.once("exit", resolve));
  }
});
