import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Hooks } from "../../lib/bridge/index.ts";
import { ask, connected } from "../support/bridge/ask.ts";
import { anyAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const root = temporaryDirectory();
const bridges = bridgesIn(root);
let upstream: Omit<Upstream, "received">;
let started: Started;
const asked: unknown[] = [];

let letGo: () => void = () => undefined;
const waiting = new Promise<void>((resolve) => {
  letGo = resolve;
});
let answered = 0;

const hooks: Hooks = {
  readsBodies: true,
  onRequest: async (request) => {
    asked.push({ ...request, body: request.body && Buffer.from(request.body).toString() });
    if (request.path === "/api/waiting") await waiting;
    if (request.path === "/api/denied") return { deny: "not on a Tuesday", status: 451 };
    if (request.path === "/api/broken") throw new Error("a bug");
    if (request.path === "/api/changed")
      return { headers: { "x-team": "web", "x-gone": null }, body: "changed" };
    return undefined;
  },
  onResponse: ({ path }) => {
    if (path === "/api/secret") return { deny: "not for you" };
    if (path !== "/api/loud") return undefined;
    return {
      headers: { "x-loud": "yes" },
      transform: (chunk) => Buffer.from(Buffer.from(chunk).toString().toUpperCase()),
    };
  },
};

beforeAll(async () => {
  upstream = await startPlainUpstream(async (request, response) => {
    answered++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "x-team": team, "x-gone": gone, authorization } = request.headers;
    const body = Buffer.concat(chunks).toString();
    response.end(JSON.stringify({ team, gone, body, isKeyed: authorization !== undefined }));
  });
  started = await bridges.start({
    credentials: { any: { provider: anyAt(upstream.origin) } },
    options: { hooks },
  });
});
afterAll(async () => {
  await bridges.closeAll();
  await upstream.close();
});

const use = async (path: string) => {
  const headers = { "x-gone": "1", authorization: "Bearer mine" };
  const {
    status,
    headers: back,
    body,
  } = await ask(started.socketOf("alice"), `/any/api/${path}`, {
    body: "given",
    headers,
  });
  return { status, headers: back, text: body.toString() };
};

it("shows a hook the whole request, and no key", async () => {
  asked.length = 0;
  expect((await use("plain")).status).toBe(200);
  expect(asked).toMatchObject([
    { sandbox: "alice", credential: "any", method: "POST", path: "/api/plain", body: "given" },
  ]);
  expect(JSON.stringify(asked)).not.toMatch(/mine|canary|authorization/);
});

it("denies, and changes headers and body", async () => {
  expect(await use("denied")).toMatchObject({
    status: 451,
    text: "forage-bridge: not on a Tuesday\n",
  });
  const changed = await use("changed");
  expect(JSON.parse(changed.text)).toEqual({ team: "web", body: "changed", isKeyed: true });
  expect(started.calls().at(-1)).toMatchObject({ decision: "modified", rule: "hook" });
});

it("denies and changes answers", async () => {
  expect(await use("secret")).toMatchObject({ status: 502, text: "forage-bridge: not for you\n" });
  const loud = await use("loud");
  expect(loud).toMatchObject({ status: 200, headers: { "x-loud": "yes" } });
  expect(loud.text).toContain('"BODY":"GIVEN"');
});

it("lets nothing pass that a hook fails on, and tells the journal alone why", async () => {
  const broken = await use("broken");
  expect(broken.status).toBe(500);
  expect(broken.text).not.toContain("a bug");
  expect(started.warnings.join()).toContain("a bug");
  expect(started.warnings.join()).not.toContain(keyOf("any"));
});

it("passes nothing on for a client that has left meanwhile", async () => {
  const before = answered;
  const socket = await connected(started.socketOf("alice"));
  socket.write("POST /any/api/waiting HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\nb");
  while (asked.at(-1) === undefined || !JSON.stringify(asked.at(-1)).includes("waiting"))
    await wait(1);
  socket.destroy();
  await wait(50);
  letGo();
  while (started.calls().at(-1)?.path !== "/api/waiting") await wait(1);
  expect(started.calls().at(-1)).toMatchObject({ status: 499, rule: "client-gone" });
  expect(answered).toBe(before);
});
