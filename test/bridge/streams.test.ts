import { once } from "node:events";
import { type IncomingMessage, request as requestBy, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, begin, connected, exchangeBytes, untilDone } from "../support/bridge/ask.ts";
import { makeAuthority } from "../support/bridge/certificates.ts";
import { anyAt } from "../support/bridge/providers.ts";
import { bridgesIn, type Started } from "../support/bridge/start.ts";
import {
  blocks,
  bytesOf,
  eventsOf,
  growth,
  sendLargeEvent,
  sendMany,
  sendPieces,
  sizeOf,
} from "../support/bridge/streaming.ts";
import { startHttp2Upstream, startPlainUpstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";

const MB = 1 << 20;
const STREAMS = 64;

needs("openssl")("streams", () => {
  const root = temporaryDirectory();
  const bridges = bridgesIn(root);
  const closing: (() => Promise<void>)[] = [];
  const closed = new Map<string, Promise<unknown>>();
  let started: Started;

  beforeAll(async () => {
    const authority = await makeAuthority(root());
    const identity = await authority.issue("DNS:localhost");
    const one = await startPlainUpstream((q, s) => void serve(q, s), identity);
    const two = await startHttp2Upstream(identity, ({ url }, response) => answer(url, response));
    const bare = await startPlainUpstream((q, s) => void serve(q, s));
    closing.push(one.close, two.close, bare.close);
    const { ca } = authority;
    started = await bridges.start({
      credentials: {
        one: { provider: anyAt(one.origin, { ca }) },
        bare: { provider: anyAt(bare.origin) },
        counted: { provider: anyAt(bare.origin, { format: "anthropic" }) },
        two: { provider: anyAt(two.origin, { ca }) },
      },
    });
  });
  afterAll(async () => {
    await bridges.closeAll();
    await Promise.all(closing.map((close) => close()));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "" } = request;
    if (url !== "/api/count") return answer(url, response);
    const size = await sizeOf(request);
    response.end(String(size));
  }

  async function answer(url: string, response: ServerResponse): Promise<void> {
    const [, , what = "", argument = ""] = url.split("/");
    if (what === "events") return sendPieces(Number(argument), response);
    if (what === "many") return sendMany(Number(argument), response);
    if (what === "large-event") return sendLargeEvent(Number(argument), response);
    if (what === "hang") {
      closed.set(argument, once(response, "close"));
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      return;
    }
    if (what === "silent") {
      closed.set(argument, once(response, "close"));
      return;
    }
    response.writeHead(404).end();
  }
  const alice = () => started.socketOf("alice");
  const upstreamClosed = async (name: string) => {
    while (!closed.has(name)) await wait(5);
    await closed.get(name);
  };

  describe.each(["one", "two"])("over HTTP/%s", (http) => {
    it(`passes ${STREAMS} at the same time, each byte for byte`, async () => {
      const seeds = Array.from({ length: STREAMS }, (_, at) => at * 10);
      const found = await Promise.all(
        seeds.map((seed) => ask(alice(), `/${http}/api/events/${seed}`)),
      );
      const different = seeds.filter((seed, at) => !found[at]?.body.equals(eventsOf(seed)));
      expect(different).toEqual([]);
    });

    it("tells the provider that the client is gone", async () => {
      const name = `gone-${http}`;
      const response = await begin(alice(), `/${http}/api/hang/${name}`);
      expect(String((await once(response, "data"))[0])).toBe("data: first\n\n");
      response.destroy();
      await upstreamClosed(name);
      while (started.calls().at(-1)?.path !== `/api/hang/${name}`) await wait(5);
      expect(started.calls().at(-1)).toMatchObject({ rule: "client-gone" });
    });

    it("tells it too when no answer has begun", async () => {
      const name = `early-${http}`;
      const sent = requestBy({ socketPath: alice(), path: `/${http}/api/silent/${name}` });
      sent.on("error", () => undefined);
      sent.end();
      while (!closed.has(name)) await wait(5);
      sent.destroy();
      await upstreamClosed(name);
    });
  });

  it("holds neither a request nor an answer of 1 GB", async () => {
    const { value, bytes } = await growth(async () => {
      const sent = requestBy({ socketPath: alice(), path: "/bare/api/count", method: "POST" });
      const [[response]] = await Promise.all([
        once(sent, "response") as Promise<[IncomingMessage]>,
        pipeline(Readable.from(blocks(1024 * MB)), sent),
      ]);
      const counted = String(await bytesOf(response));
      const answered = await sizeOf(await begin(alice(), `/one/api/many/${1024 * MB}`));
      return [counted, answered];
    });
    expect(value).toEqual([String(1024 * MB), 1024 * MB]);
    expect(bytes).toBeLessThan(300 * MB);
  });

  it("holds no event that is longer than a string can be, and counts what comes after it", async () => {
    const { value, bytes } = await growth(async () =>
      sizeOf(await begin(alice(), `/counted/api/large-event/${600 * MB}`)),
    );
    expect(value).toBeGreaterThan(600 * MB);
    // What is collected late is here as well, of both ends and the bridge.
    expect(bytes).toBeLessThan(600 * MB);
    expect(started.calls().at(-1)).toMatchObject({
      decision: "allowed",
      model: "claude",
      tokens: { input: 3, output: 40 },
    });
  });

  it.each(["one", "two"])("lets a slow reader of HTTP/%s slow its provider down", async (http) => {
    const { value, bytes } = await growth(async () => {
      const response = await begin(alice(), `/${http}/api/many/${200 * MB}`);
      response.pause();
      await wait(300);
      return sizeOf(response);
    });
    expect(value).toBe(200 * MB);
    expect(bytes).toBeLessThan(150 * MB);
  });

  it("sends a client of HTTP/1.0 the bytes alone, and closes", async () => {
    const text = await exchangeBytes(alice(), "GET /one/api/events/7 HTTP/1.0\r\nhost: h\r\n\r\n");
    const end = text.indexOf("\r\n\r\n");
    expect(text.slice(0, end)).not.toMatch(/transfer-encoding/i);
    expect(Buffer.from(text.slice(end + 4), "latin1").equals(eventsOf(7))).toBe(true);
  });

  it("asks for a body that waits to be asked for, unless it is refused", async () => {
    const socket = await connected(alice());
    const head = (path: string, length: number) =>
      `POST ${path} HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
    socket.write(head("/one/api/count", 5));
    expect(String((await once(socket, "data"))[0])).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("12345");
    expect(await untilDone(socket, (text) => text.endsWith("\r\n5"))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await exchangeBytes(alice(), head("/counted/api/count", 1e12))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(await exchangeBytes(alice(), head("/none/api/count", 5))).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("ends all that a client has asked for in one go when that is gone", async () => {
    const socket = await connected(alice());
    const names = ["row-1", "row-2", "row-3"];
    for (const name of names) socket.write(`GET /one/api/hang/${name} HTTP/1.1\r\nhost: h\r\n\r\n`);
    while (!names.every((name) => closed.has(name))) await wait(5);
    socket.destroy();
    await Promise.all(names.map(upstreamClosed));
  });

  it("takes a client that closes its half for one that is gone", async () => {
    const socket = await connected(alice());
    socket.write("GET /one/api/hang/half HTTP/1.1\r\nhost: h\r\n\r\n");
    await once(socket, "data");
    socket.end();
    await upstreamClosed("half");
  });

  it("goes on with one sandbox's stream while another is unregistered and registered", async () => {
    const grant = { credentials: ["one"], policy: {}, limits: {} };
    await started.bridge.register("bob", grant);
    const response = await begin(alice(), "/one/api/hang/neighbour");
    await started.bridge.unregister("bob");
    await started.bridge.register("bob", grant);
    expect(response.destroyed).toBe(false);
    expect((await ask(started.socketOf("bob"), "/one/api/events/3")).body).toEqual(eventsOf(3));
    response.destroy();
    await upstreamClosed("neighbour");
  });

  it("serves others while one sandbox holds more streams than a pool has connections", async () => {
    await started.bridge.register("carol", { credentials: ["bare"], policy: {}, limits: {} });
    const held: IncomingMessage[] = [];
    while (held.length < 1100) {
      const from = held.length;
      const next = Array.from({ length: 100 }, (_, at) => `/bare/api/hang/held-${from + at}`);
      held.push(...(await Promise.all(next.map((path) => begin(alice(), path)))));
    }
    expect((await ask(started.socketOf("carol"), "/bare/api/events/5")).body).toEqual(eventsOf(5));
    for (const response of held) response.destroy();
    await Promise.all(held.map((_, at) => upstreamClosed(`held-${at}`)));
  });
});
