import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fetch } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { anyAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const root = temporaryDirectory();
const bridges = bridgesIn(root);
const TOKEN = "token-of-the-laptop-0123456789abcdef";
const OTHER = "token-of-another-0123456789abcdef012";
const shown: (string | undefined)[] = [];
let upstream: Omit<Upstream, "received">;
let started: Started;
let url = "";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

beforeAll(async () => {
  upstream = await startPlainUpstream((request, response) => {
    shown.push(request.headers.authorization);
    request.resume();
    response.end("ok");
  });
  const tokens = { laptop: join(root(), "laptop"), other: join(root(), "other") };
  writeFileSync(tokens.laptop, `${TOKEN}\n`);
  writeFileSync(tokens.other, `${OTHER}\n`);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const nothing = { policy: {}, limits: {} };
  started = await bridges.start({
    credentials: { any: { provider: anyAt(upstream.origin) } },
    setup: {
      tcp: {
        address: "127.0.0.1",
        port,
        clients: {
          laptop: { credentials: ["any"], tokenFile: tokens.laptop, ...nothing },
          other: { credentials: [], tokenFile: tokens.other, ...nothing },
        },
      },
    },
  });
});
afterAll(async () => {
  await bridges.closeAll();
  await upstream.close();
});

it.each([
  ["x-api-key", TOKEN],
  ["x-goog-api-key", TOKEN],
  ["authorization", `Bearer ${TOKEN}`],
  ["authorization", `Basic ${Buffer.from(`user:${TOKEN}`).toString("base64")}`],
])("knows a client by its token in %s", async (name, value) => {
  shown.length = 0;
  const { status } = await fetch(`${url}/any/api/x`, { headers: { [name]: value } });
  expect(status).toBe(200);
  expect(shown).toEqual([`Bearer ${keyOf("any")}`]);
  expect(started.calls().at(-1)).toMatchObject({ sandbox: "laptop", decision: "allowed" });
});

it.each([
  ["none", {}, 401],
  ["an unknown one", { "x-api-key": `${TOKEN}x` }, 401],
  ["that of a client without the credential", { "x-api-key": OTHER }, 404],
])("refuses whoever shows %s", async (_, headers, status) => {
  shown.length = 0;
  const answer = await fetch(`${url}/any/api/x`, { headers: { ...headers } });
  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain(TOKEN);
  expect(shown).toEqual([]);
});

it("takes a new token in the old one's place at once", async () => {
  const next = TOKEN.toUpperCase();
  writeFileSync(join(root(), "laptop"), `${next}\n`);
  const statusOf = async (token: string) =>
    (await fetch(`${url}/any/api/x`, { headers: { "x-api-key": token } })).status;
  expect(await statusOf(TOKEN)).toBe(401);
  expect(await statusOf(next)).toBe(200);
});
