import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ask, connected, exchangeBytes, untilDone } from "../support/bridge/ask.ts";
import { makeAuthority } from "../support/bridge/certificates.ts";
import {
  CREDENTIAL_HEADERS,
  FRAMING,
  type Hostile,
  KEY_QUERIES,
  SYNTAX,
  TARGETS,
} from "../support/bridge/hostile.ts";
import { BODIES } from "../support/bridge/hostile-bodies.ts";
import { anyAt, providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { startUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { count } from "../support/seed.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";
import { within } from "../support/within.ts";

const MOST_BODY = 1_000_000;
const CONNECTIONS = 10_000;
const CROWD = fileURLToPath(new URL("../support/bridge/crowd.js", import.meta.url));

needs("openssl")("a hostile client", () => {
  const root = temporaryDirectory();
  const bridges = bridgesIn(root);
  let upstream: Upstream;
  let started: Started;
  let tried = 0;

  beforeAll(async () => {
    const authority = await makeAuthority(root());
    upstream = await startUpstream(await authority.issue("DNS:localhost"), (_, response) =>
      response.end("ok"),
    );
    const { ca } = authority;
    started = await bridges.start({
      credentials: {
        any: { provider: anyAt(upstream.origin, { ca, header: "x-own-key", scheme: undefined }) },
        checked: {
          provider: providerAt("anthropic", upstream.origin, { ca }),
          policy: { models: ["allowed"], maxTokens: 10 },
        },
        other: { provider: anyAt(upstream.origin, { ca }) },
      },
      sandboxes: { alice: { credentials: ["any", "checked"] }, bob: {}, carol: {}, dora: {} },
      setup: { maxBodyBytes: MOST_BODY },
    });
  });
  beforeEach(() => {
    upstream.received.length = 0;
  });
  afterAll(async () => {
    process.stdout.write(
      `${count(tried)} hostile cases tried, and ${count(CONNECTIONS)} connections\n`,
    );
    await bridges.closeAll();
    await upstream.close();
  });
  const alice = () => started.socketOf("alice");

  it.each([
    ["framing", FRAMING],
    ["syntax", SYNTAX],
    ["targets", TARGETS],
  ] as const)("is refused: %s", async (_, cases) => {
    const otherwise: unknown[] = [];
    for (const { what, bytes, status = 400 } of cases) {
      tried++;
      const socket = await connected(alice());
      socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
      const text = await untilDone(socket, (found) => found.includes("\r\n\r\n"));
      const found = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
      const passed = upstream.received.splice(0).length;
      if (![status].flat().includes(found) || (found !== 200 && passed > 0))
        otherwise.push([what, found, passed]);
      expect(text).not.toContain("canary");
    }
    expect(otherwise).toEqual([]);
  });

  it("smuggles nothing past bare line feeds", async () => {
    const cases: readonly Hostile[] = [
      { what: "all", bytes: "GET /any/api/x HTTP/1.1\nhost: h\n\n" },
      {
        what: "in a header",
        bytes: "GET /any/api/x HTTP/1.1\r\nhost: h\r\na: b\nx-evil: c\r\n\r\n",
      },
      {
        what: "before chunked",
        bytes:
          "POST /any/api/x HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\na: b\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      },
      {
        what: "in chunks",
        bytes:
          "POST /any/api/x HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n1\na\n0\n\n",
      },
    ];
    for (const { what, bytes } of cases) {
      tried++;
      const text = await exchangeBytes(alice(), bytes, (found) => found.includes("\r\n\r\n"));
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
      expect([what, status]).toEqual([what, status === 200 ? 200 : 400]);
      expect(upstream.received.length).toBeLessThanOrEqual(1);
      for (const { rawHeaders } of upstream.received.splice(0))
        expect(rawHeaders.join("\n").split("\n").length).toBe(rawHeaders.length);
    }
  });

  it.each(["h2c", "TLS/1.2, HTTP/1.1"])(
    "gets an ordinary answer, and nothing after it, when it asks for %s",
    async (protocol) => {
      tried++;
      const upgrade = `connection: upgrade, HTTP2-Settings\r\nupgrade: ${protocol}\r\nhttp2-settings: AAMAAABk\r\n`;
      const bytes = `POST /any/api/x HTTP/1.1\r\nhost: h\r\n${upgrade}content-length: 4\r\n\r\nbodyGET /any/api/smuggled HTTP/1.1\r\nhost: h\r\n\r\n`;
      const text = await exchangeBytes(alice(), bytes);
      expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*ok$/);
      expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
      const received = upstream.received.splice(0);
      expect(received.map(({ body }) => String(body))).toEqual(["body"]);
      expect(received[0]?.headers).not.toHaveProperty("upgrade");
      expect(received[0]?.headers).not.toHaveProperty("http2-settings");
    },
  );

  it("shows no key of its own, in any header, and gets none", async () => {
    for (const name of CREDENTIAL_HEADERS) {
      tried++;
      const { status, headers, body } = await ask(alice(), "/any/api/x", {
        headers: {
          [name]: ["clients-own", "clients-own"],
          connection: "close, x-named",
          "x-named": "clients-own",
        },
      });
      expect([name, status, String(body)]).toEqual([name, 200, "ok"]);
      const [received] = upstream.received.splice(0);
      expect([name, String(received?.rawHeaders)]).not.toEqual([
        name,
        expect.stringContaining("clients-own"),
      ]);
      expect(received?.headers["x-own-key"]).toBe(keyOf("any"));
      expect(JSON.stringify(headers)).not.toContain("canary");
    }
    for (const query of KEY_QUERIES) {
      tried++;
      await ask(alice(), `/any/api/x?b=2&${query.replaceAll("C", "clients-own")}&c=3`);
      expect([query, upstream.received.pop()?.url]).toEqual([query, "/api/x?b=2&c=3"]);
    }
  });

  it("cannot make a hop of the key's own header", async () => {
    for (const named of ["x-own-key", "host", "content-length", "close, X-Own-Key"]) {
      tried++;
      const { status } = await ask(alice(), "/any/api/x", {
        body: "b",
        headers: { connection: named },
      });
      expect([named, status]).toEqual([named, 200]);
      const [received] = upstream.received.splice(0);
      expect(received?.headers["x-own-key"]).toBe(keyOf("any"));
      expect(String(received?.body)).toBe("b");
    }
  });

  it("gets no other model by writing it another way", async () => {
    for (const [body, encoding] of BODIES) {
      tried++;
      const sent = encoding === "gzip" ? gzipSync(body) : body;
      const { status } = await ask(alice(), "/checked/v1/messages", {
        body: sent,
        headers: encoding === undefined ? {} : { "content-encoding": encoding },
      });
      const what = String(body).slice(0, 60);
      expect([what, [400, 403, 415].includes(status)]).toEqual([what, true]);
      expect([what, upstream.received]).toEqual([what, []]);
    }
    expect(
      (await ask(alice(), "/checked/v1/messages", { body: '{"model":"allowed"}' })).status,
    ).toBe(200);
    const deep = `{"model":"allowed","max_tokens":1,"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect((await ask(alice(), "/checked/v1/messages", { body: deep })).status).toBe(200);
    expect(String(upstream.received.at(-1)?.body)).toBe(deep);
  });

  it("is told at once that a body is too large, whether it says so or not", async () => {
    const head = "POST /checked/v1/messages HTTP/1.1\r\nhost: h\r\n";
    for (const length of [MOST_BODY + 1, 1 << 30]) {
      tried++;
      const { status } = await ask(alice(), "/checked/v1/messages", {
        body: Buffer.alloc(Math.min(length, 8_000_000), "x"),
        headers: { "content-length": String(length) },
      });
      expect(status).toBe(413);
    }
    tried++;
    const waiting = await exchangeBytes(
      alice(),
      `${head}content-length: ${1 << 30}\r\nexpect: 100-continue\r\n\r\n`,
    );
    expect(waiting).toContain("HTTP/1.1 413");
    tried++;
    const socket = await connected(alice());
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    const answer = untilDone(socket, (text) => text.includes("\r\n\r\n"));
    const piece = `10000\r\n${"x".repeat(65_536)}\r\n`;
    let sent = 0;
    while (!socket.destroyed && sent < 1 << 30) {
      sent += piece.length;
      if (!socket.write(piece)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    expect(await answer).toContain("HTTP/1.1 413");
    expect(sent).toBeLessThan(100 * MOST_BODY);
    expect(upstream.received).toEqual([]);
  });

  it("waits for 100 Continue and gets it", async () => {
    const socket = await connected(alice());
    socket.write(
      "POST /any/api/x HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\nexpect: 100-continue\r\n\r\n",
    );
    expect(String((await once(socket, "data"))[0])).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("b");
    expect(await untilDone(socket, (text) => text.includes("\r\n\r\n"))).toContain("HTTP/1.1 200");
    expect(String(upstream.received[0]?.body)).toBe("b");
  });

  it("is charged itself, whatever it says of who it is", async () => {
    for (const headers of [
      { host: "bob" },
      { "x-forwarded-for": "bob", forwarded: "for=bob" },
      { "x-sandbox": "bob", "x-forage-sandbox": "bob" },
      { authorization: "Bearer bob" },
      { referer: "/run/forage-bridge/bob", from: "bob@h" },
    ]) {
      tried++;
      await ask(alice(), "/any/api/x?sandbox=bob", { headers });
      expect(started.calls().at(-1)?.sandbox).toBe("alice");
    }
    expect((await ask(alice(), "/other/api/x")).status).toBe(404);
    expect((await ask(started.socketOf("bob"), "/other/api/x")).status).toBe(200);
  });

  it("is in the log also with what is no request", async () => {
    const calls = [];
    for (const bytes of [
      "GET /any/api/x?q=1 HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      "CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test:443\r\n\r\n",
      "no HTTP at all\r\n\r\n",
      `GET /any/api/x HTTP/1.1\r\nhost: h\r\na: ${"x".repeat(70_000)}\r\n\r\n`,
    ]) {
      tried++;
      await exchangeBytes(alice(), bytes, (text) => text.includes("\r\n\r\n"));
      const { sandbox, method, path, status, decision } = started.calls().at(-1) ?? {};
      calls.push([sandbox, method, path, status, decision]);
    }
    expect(calls).toEqual([
      ["alice", "GET", "/api/x", 426, "refused"],
      ["alice", "CONNECT", "evil.test:443", 405, "refused"],
      ["alice", "", "", 400, "refused"],
      ["alice", "", "", 431, "refused"],
    ]);
  });

  it("keeps nobody else waiting, however many connections it opens and how slowly it sends", async () => {
    const ways = ["alice", "carol", "dora"].map(started.socketOf);
    // In a process of its own: one may not have as many open files as both ends need.
    const crowd = fork(CROWD, [String(CONNECTIONS), ...ways], { execArgv: [] });
    expect((await once(crowd, "message"))[0]).toBe(CONNECTIONS);
    const asksBob = async () => (await ask(started.socketOf("bob"), "/any/api/x")).status;
    // A machine that is busy takes its time to let all of them in.
    await within("an answer", async () => ((await asksBob()) === 200 ? true : undefined));
    for (let round = 0; round < 10; round++) {
      expect(await asksBob()).toBe(200);
      await wait(100);
    }
    crowd.kill("SIGKILL");
    await once(crowd, "exit");
    await wait(1);
    expect((await ask(alice(), "/any/api/x")).status).toBe(200);
  });
});
