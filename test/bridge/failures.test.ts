import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Provider } from "../../lib/schema/bridge-types.ts";
import { ask, begin, connected, untilDone } from "../support/bridge/ask.ts";
import { type Authority, makeAuthority } from "../support/bridge/certificates.ts";
import { anyAt, providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { bytesOf } from "../support/bridge/streaming.ts";
import { startByteUpstream, startUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";

const head = (lines: readonly string[]) => `HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n`;
const EVENT =
  'data: {"type":"message_start","message":{"model":"claude-sonnet-5","usage":{"input_tokens":9}}}\n\n';
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const EVENTS = head(["content-type: text/event-stream", "transfer-encoding: chunked"]);

/** What a provider that breaks the rules does, by the last segment of the path. */
const FAULTS: Readonly<Record<string, (socket: Socket) => void>> = {
  short: (socket) => socket.end(`${head(["content-length: 100"])}only this`),
  long: (socket) =>
    socket.write(`${head(["content-length: 5"])}12345HTTP/1.1 200 OK\r\nx: y\r\n\r\n`),
  dying: (socket) => socket.write(EVENTS + chunk(EVENT), () => socket.resetAndDestroy()),
  ending: (socket) => socket.end(EVENTS + chunk(EVENT)),
  nothing: (socket) => socket.end(),
  garbage: (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
  both: (socket) =>
    socket.end(`${head(["content-length: 3", "transfer-encoding: chunked"])}0\r\n\r\n`),
  hints: (socket) =>
    socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${head(["content-length: 2"])}ok`),
  upgrade: (socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  hops: (socket) =>
    socket.write(
      `${head(["connection: x-hop, keep-alive", "x-hop: 1", "keep-alive: timeout=9", "x-end: 2", "content-length: 2"])}ok`,
    ),
  hanging: (socket) => socket.write(EVENTS + chunk(EVENT)),
  untilClosed: (socket) => socket.end(`${head(["connection: close"])}to the end`),
};

needs("openssl")("a provider that fails", () => {
  const root = temporaryDirectory();
  const bridges = bridgesIn(root);
  const upstreams: Pick<Upstream, "close">[] = [];
  let authority: Authority;
  let started: Started;
  let redirecting: Upstream;

  beforeAll(async () => {
    authority = await makeAuthority(root());
    const { ca } = authority;
    const faulty = await startByteUpstream((socket, text) => {
      FAULTS[/\/(\w+) HTTP/.exec(text)?.[1] ?? ""]?.(socket);
    });
    const identity = await authority.issue("DNS:localhost,IP:127.0.0.1");
    const stranger = await startUpstream(await authority.issue("DNS:else.test"), (_, response) =>
      response.end(),
    );
    redirecting = await startUpstream(identity, ({ url }, response) => {
      const location = decodeURIComponent(url.split("to=")[1] ?? "");
      response.writeHead(302, { location }).end();
    });
    upstreams.push(faulty, stranger, redirecting);
    const { port } = redirecting;
    const strict = (upstream: string, changes: Partial<Provider> = {}) => ({
      provider: anyAt(upstream, { ca, allowPrivateAddress: false, allowHttp: false, ...changes }),
    });
    started = await bridges.start({
      credentials: {
        faulty: { provider: anyAt(faulty.origin) },
        counted: {
          provider: providerAt("anthropic", faulty.origin, {
            allowHttp: true,
            allow: ["POST /v1/*"],
          }),
          limits: { tokensPerDay: 9 },
        },
        stranger: { provider: anyAt(stranger.origin, { ca }) },
        untrusted: { provider: anyAt(redirecting.origin) },
        redirecting: { provider: anyAt(`${redirecting.origin}/base`, { ca }) },
        "by-name": strict(`https://localhost:${port}`),
        "by-address": strict(`https://127.0.0.1:${port}`),
        "by-ipv6": strict(`https://[::1]:${port}`),
        mapped: strict(`https://[::ffff:127.0.0.1]:${port}`),
        metadata: strict("https://169.254.169.254"),
        plain: strict(faulty.origin, { allowPrivateAddress: true }),
        refusing: { provider: anyAt("https://localhost:1", { ca }) },
        unknown: { provider: anyAt("https://no-such-name.invalid", { ca }) },
      },
    });
  });
  afterAll(async () => {
    await bridges.closeAll();
    await Promise.all(upstreams.map(({ close }) => close()));
  });

  const alice = () => started.socketOf("alice");
  const brokenOff = (response: IncomingMessage) =>
    bytesOf(response).then(
      () => "whole",
      () => "broken off",
    );
  const lastCall = () => started.calls().at(-1);

  it.each(["short", "dying", "ending"])("breaks off an answer that is %s", async (fault) => {
    const response = await begin(alice(), `/faulty/api/${fault}`);
    expect(response.statusCode).toBe(200);
    expect(await brokenOff(response)).toBe("broken off");
    expect(lastCall()).toMatchObject({ decision: "failed", rule: "upstream" });
  });

  it("counts what it has said before it broke off", async () => {
    await brokenOff(await begin(alice(), "/counted/v1/dying", { body: '{"model":"m"}' }));
    expect(lastCall()).toMatchObject({ decision: "failed", tokens: { input: 9 } });
    expect((await ask(alice(), "/counted/v1/dying", { body: '{"model":"m"}' })).status).toBe(429);
  });

  it.each(["nothing", "garbage", "both", "upgrade"])("says 502 for %s", async (fault) => {
    const { status, body } = await ask(alice(), `/faulty/api/${fault}`);
    expect([status, String(body)]).toEqual([502, expect.stringMatching(/^forage-bridge: /)]);
  });

  it("passes no more than was announced, and what has no length until its end", async () => {
    expect(String((await ask(alice(), "/faulty/api/long")).body)).toBe("12345");
    expect(String((await ask(alice(), "/faulty/api/hints")).body)).toBe("ok");
    expect(String((await ask(alice(), "/faulty/api/untilClosed")).body)).toBe("to the end");
  });

  it("passes back no header that is between it and the bridge", async () => {
    const { headers, body } = await ask(alice(), "/faulty/api/hops");
    expect(String(body)).toBe("ok");
    expect(headers).toMatchObject({ "x-end": "2" });
    expect(headers).not.toHaveProperty("x-hop");
    expect(headers["keep-alive"]).not.toBe("timeout=9");
  });

  it("has no refusal written into its answer when the client sends what is no HTTP meanwhile", async () => {
    const socket = await connected(alice());
    socket.write("GET /faulty/api/hanging HTTP/1.1\r\nhost: h\r\n\r\n");
    let isSent = false;
    const text = await untilDone(socket, (found) => {
      if (!isSent && found.includes("message_start")) isSent = socket.write("no HTTP\r\n\r\n");
      return false;
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    expect(text.endsWith(chunk(EVENT))).toBe(true);
  });

  it.each([
    ["stranger", "the provider's certificate is another host's"],
    ["untrusted", "the provider's certificate is not trusted"],
    ["by-name", "the provider's name leads to a private address"],
    ["by-address", "the provider is not asked: its address is private"],
    ["by-ipv6", "the provider is not asked: its address is private"],
    ["mapped", "the provider is not asked: its address is private"],
    ["metadata", "the provider is not asked: its address is private"],
    ["plain", "the provider is not asked: it is not https"],
    ["refusing", "the provider does not take connections"],
    [
      "unknown",
      expect.stringMatching(/^the provider's name (?:is not known|cannot be looked up)$/),
    ],
  ])("sends no key to one that is %s", async (credential, message) => {
    const before = redirecting.received.length;
    const { status, body } = await ask(alice(), `/${credential}/api/x`);
    const said = String(body).trim().replace("forage-bridge: ", "");
    expect([status, said]).toEqual([502, message]);
    expect(redirecting.received.length).toBe(before);
  });

  it("follows no redirect, and names those within the provider as its own paths", async () => {
    const { origin, port } = redirecting;
    const other = `https://127.0.0.1:${port}/base/x`;
    const cases: readonly (readonly [string, string])[] = [
      [`${origin}/base/v2/x?y=1`, "/redirecting/v2/x?y=1"],
      ["/base/v2", "/redirecting/v2"],
      ["next", "/redirecting/api/next"],
      ["?page=2", "/redirecting/api/go?page=2"],
      ["/basement/x", "/basement/x"],
      ["/elsewhere", "/elsewhere"],
      [other, other],
      ["//else.test/base/x", "//else.test/base/x"],
      [origin.replace("https", "http"), origin.replace("https", "http")],
    ];
    for (const [to, expected] of cases) {
      const before = redirecting.received.length;
      const path = `/redirecting/api/go?to=${encodeURIComponent(to)}`;
      const { status, headers } = await ask(alice(), path, { method: "GET" });
      expect([to, status, headers.location]).toEqual([to, 302, expected]);
      expect(redirecting.received.length).toBe(before + 1);
    }
  });

  it("writes the key to no answer, line or warning", async () => {
    const said = JSON.stringify([started.calls(), started.warnings]);
    for (const name of Object.keys(started.setup.credentials))
      expect(said).not.toContain(keyOf(name));
    expect(started.warnings.length).toBeGreaterThan(0);
  });
});
