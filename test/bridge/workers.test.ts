import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import type { BridgeSetup } from "../../lib/bridge/index.ts";
import { temporaryProjects } from "../support/project.ts";

const START = fileURLToPath(new URL("../support/bridge/start-workers.js", import.meta.url));
const REQUESTS = 200;
const ALLOWED = 120;

function ask(
  socketPath: string,
  path: string,
  method = "POST",
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method, agent: false }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(method === "POST" ? '{"model":"m"}' : undefined);
  });
}

const project = temporaryProjects();

it("shares its work between processes, and counts for all of them", async () => {
  const directory = await project({ key: "placeholder-of-a-key\n" });
  const provider = createServer((asked, answer) => {
    asked.resume();
    asked.on("end", () => answer.end("{}"));
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  const { port } = provider.address() as AddressInfo;
  const setup: BridgeSetup = {
    version: 1,
    credentials: {
      llm: {
        provider: {
          upstream: `http://127.0.0.1:${port}`,
          header: "x-api-key",
          scheme: undefined,
          user: undefined,
          format: "anthropic",
          allow: ["POST /v1/messages"],
          headers: {},
          ca: undefined,
          allowPrivateAddress: true,
          allowHttp: true,
        },
        source: { file: `${directory}/key` },
        policy: {},
        limits: { requestsPerMinute: ALLOWED },
      },
    },
    sandboxes: { one: { credentials: ["llm"], policy: {}, limits: {} } },
    limits: {},
    prices: {},
    audit: {
      directory: `${directory}/log`,
      onFailure: "closed",
      maxBytes: 1e8,
      maxHours: 24,
      maxFiles: 9,
    },
    workers: 2,
    idleSeconds: 60,
    maxBodyBytes: 1e6,
  };
  mkdirSync(`${directory}/run`);
  writeFileSync(`${directory}/setup.json`, JSON.stringify(setup));
  const bridge = spawn(process.execPath, [START, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await new Promise<void>((resolve) => bridge.stdout.once("data", () => resolve()));
    const socket = `${directory}/run/one/bridge.sock`;
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, () => ask(socket, "/llm/v1/messages")),
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
    const { text } = await ask(`${directory}/run/admin.sock`, "/metrics", "GET");
    expect(text).toContain(
      `forage_bridge_calls_total{sandbox="one",credential="llm",decision="allowed"} ${ALLOWED}`,
    );
    expect((await verifyAudit(`${directory}/log`)).faults).toEqual([]);
  } finally {
    bridge.stdin.end();
    await new Promise((resolve) => bridge.once("exit", resolve));
    provider.close();
    provider.closeAllConnections();
  }
});
