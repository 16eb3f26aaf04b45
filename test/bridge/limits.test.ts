import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Limits } from "../../lib/schema/bridge-types.ts";
import { ask, begin } from "../support/bridge/ask.ts";
import { providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, type Started, type Wanted } from "../support/bridge/start.ts";
import { bytesOf } from "../support/bridge/streaming.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";

const PARALLEL = 200;
const TOKENS = 100;
/** Of the price below, for one call. */
const DOLLARS = 0.0001;
const BODY = JSON.stringify({ model: "priced", max_tokens: 1 });
const USAGE = { model: "priced", usage: { input_tokens: TOKENS - 1, output_tokens: 1 } };

const root = temporaryDirectory();
const bridges = bridgesIn(root);
const held: ServerResponse[] = [];
let upstream: Omit<Upstream, "received">;
let isHolding = false;

beforeAll(async () => {
  upstream = await startPlainUpstream((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/json" });
    if (!isHolding) return response.end(JSON.stringify(USAGE));
    response.write(JSON.stringify(USAGE));
    return held.push(response);
  });
});
afterAll(async () => {
  await bridges.closeAll();
  await upstream.close();
});

function limited(
  limits: Limits,
  more: Partial<Wanted> & { credential?: Limits } = {},
): Promise<Started> {
  const { credential = {}, ...rest } = more;
  const provider = providerAt("anthropic", upstream.origin, { allowHttp: true });
  return bridges.start({
    credentials: { claude: { provider, limits: credential } },
    sandboxes: { alice: { limits }, bob: { limits } },
    ...rest,
    setup: { prices: { priced: { input: 1, output: 1 } }, ...rest.setup },
  });
}
const call = (started: Started, sandbox = "alice") =>
  ask(started.socketOf(sandbox), "/claude/v1/messages", { body: BODY });

/** How many of many at the same time were answered, and with what. */
async function many(
  ways: readonly (readonly [Started, string])[],
): Promise<Record<number, number>> {
  const found = await Promise.all(
    Array.from({ length: PARALLEL }, (_, at) => {
      const [started, sandbox] = ways[at % ways.length] as readonly [Started, string];
      return call(started, sandbox);
    }),
  );
  const statuses: Record<number, number> = {};
  for (const { status } of found) statuses[status] = (statuses[status] ?? 0) + 1;
  return statuses;
}

describe("limits", () => {
  it("lets as many requests of a minute pass as are allowed, exactly", async () => {
    const started = await limited({ requestsPerMinute: 37 });
    expect(await many([[started, "alice"]])).toEqual({ 200: 37, 429: PARALLEL - 37 });
    expect((await call(started, "bob")).status).toBe(200);
    const { headers, status } = await call(started);
    expect([status, Number(headers["retry-after"]) >= 1]).toEqual([429, true]);
  });

  it("are the setup's for who has none of their own, and none for who has empty ones", async () => {
    const started = await limited(
      {},
      {
        sandboxes: { alice: { limits: undefined }, bob: { limits: {} } },
        setup: { limits: { requestsPerMinute: 2 } },
      },
    );
    const statuses = [];
    for (const sandbox of ["alice", "alice", "alice", "bob", "bob", "bob"])
      statuses.push((await call(started, sandbox)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 200, 200]);
  });

  it("counts a credential's for all its sandboxes together", async () => {
    const started = await limited({}, { credential: { requestsPerMinute: 50 } });
    const statuses = await many([
      [started, "alice"],
      [started, "bob"],
    ]);
    expect(statuses).toEqual({ 200: 50, 429: PARALLEL - 50 });
  });

  it("lets as many run at the same time as are allowed, cuts none, and gives every place back", async () => {
    const started = await limited({ concurrentRequests: 9 });
    const socket = started.socketOf("alice");
    isHolding = true;
    const begun = await Promise.all(
      Array.from({ length: PARALLEL }, () => begin(socket, "/claude/v1/messages", { body: BODY })),
    );
    isHolding = false;
    const running = begun.filter(({ statusCode }) => statusCode === 200);
    expect([running.length, held.length]).toEqual([9, 9]);
    for (const response of held.splice(0)) response.end();
    for (const response of running)
      expect(String(await bytesOf(response))).toBe(JSON.stringify(USAGE));
    // Places are given back before an answer ends.
    for (let round = 0; round < 20; round++) expect((await call(started)).status).toBe(200);
  });

  it("gives the place of a client back that is gone", async () => {
    const started = await limited({ concurrentRequests: 1 });
    isHolding = true;
    const response = await begin(started.socketOf("alice"), "/claude/v1/messages", { body: BODY });
    isHolding = false;
    const [upstreams] = held.splice(0);
    response.destroy();
    await once(upstreams as ServerResponse, "close");
    while (started.calls().length === 0) await new Promise(setImmediate);
    expect((await call(started)).status).toBe(200);
  });

  it.each([
    ["tokensPerDay", { tokensPerDay: TOKENS * 5 }],
    ["tokensPerMinute", { tokensPerMinute: TOKENS * 5 }],
    ["dollarsPerDay", { dollarsPerDay: DOLLARS * 5 }],
  ])("counts %s exactly, and refuses what comes when they are spent", async (_, limits) => {
    const one = await limited(limits);
    const statuses: number[] = [];
    for (let at = 0; at < 7; at++) statuses.push((await call(one)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const times = (limit: number) => limit * (PARALLEL / 5 + 1 / 5);
    const raised = Object.fromEntries(Object.entries(limits).map(([k, v]) => [k, times(v)]));
    const all = await limited(raised);
    expect(await many([[all, "alice"]])).toEqual({ 200: PARALLEL });
    expect([(await call(all)).status, (await call(all)).status]).toEqual([200, 429]);
  });

  it("cuts no stream that is under way when another one spends what is left", async () => {
    const started = await limited({ tokensPerDay: TOKENS });
    isHolding = true;
    const response = await begin(started.socketOf("alice"), "/claude/v1/messages", { body: BODY });
    isHolding = false;
    expect((await call(started)).status).toBe(200);
    expect((await call(started)).status).toBe(429);
    for (const one of held.splice(0)) one.end("\n");
    expect(String(await bytesOf(response))).toBe(`${JSON.stringify(USAGE)}\n`);
  });
});

needs("redis-server")("limits in Redis", () => {
  const redis = () => `redis://127.0.0.1:${port}`;
  let port = 0;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const free = await startPlainUpstream(() => undefined);
    port = free.port;
    await free.close();
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
    const started = spawn("redis-server", options, { cwd: root() });
    server = started;
    let said = "";
    while (!said.includes("Ready to accept"))
      said += String((await once(started.stdout, "data"))[0]);
    started.stdout.resume();
  });
  afterAll(stop);

  async function stop(): Promise<void> {
    const running = server;
    server = undefined;
    if (running === undefined) return;
    running.kill();
    await once(running, "exit");
  }

  it("are shared by several bridges, exactly, and nothing passes while it is away", async () => {
    const limits = { requestsPerMinute: 61, tokensPerDay: 1e9 };
    const setup = { redis: redis() };
    const [one, two] = [await limited(limits, { setup }), await limited(limits, { setup })];
    const ways = [
      [one, "alice"],
      [two, "alice"],
    ] as const;
    expect(await many(ways)).toEqual({ 200: 61, 429: PARALLEL - 61 });
    await stop();
    const { status, body } = await call(one, "bob");
    expect([status, String(body)]).toEqual([503, expect.stringContaining("cannot be counted")]);
  });
});
