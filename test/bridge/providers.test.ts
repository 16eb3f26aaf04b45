import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { Agent, type Dispatcher, fetch as fetchBy } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "../support/bridge/ask.ts";
import { type Authority, makeAuthority } from "../support/bridge/certificates.ts";
import { providerAt } from "../support/bridge/providers.ts";
import { bridgesIn, keyOf, type Started } from "../support/bridge/start.ts";
import { startUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { anthropic, google, openai, TEXT } from "../support/bridge/wire.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";

const MESSAGES = [{ role: "user" as const, content: "Hello" }];

needs("openssl")("the providers' own clients", () => {
  const root = temporaryDirectory();
  const bridges = bridgesIn(root);
  const dispatchers: Dispatcher[] = [];
  const upstreams: Record<"anthropic" | "openai" | "google", Upstream> = {} as never;
  let authority: Authority;
  let started: Started;

  beforeAll(async () => {
    authority = await makeAuthority(root());
    const identity = await authority.issue("DNS:localhost");
    Object.assign(upstreams, {
      anthropic: await startUpstream(identity, anthropic),
      openai: await startUpstream(identity, openai),
      google: await startUpstream(identity, google),
    });
    const { ca } = authority;
    const credentials = Object.fromEntries(
      (["anthropic", "openai", "google"] as const).map((name) => [
        name,
        { provider: providerAt(name, upstreams[name].origin, { ca }) },
      ]),
    );
    started = await bridges.start({
      credentials,
      sandboxes: {
        alice: {},
        counted: { limits: { tokensPerDay: 1e6 } },
        small: { policy: { models: ["claude-haiku-*", "gpt-5-mini*"], maxTokens: 64 } },
        spent: { limits: { requestsPerMinute: 1 } },
        other: { credentials: [] },
      },
    });
  });
  afterAll(async () => {
    await bridges.closeAll();
    await Promise.all(dispatchers.map((one) => one.destroy()));
    await Promise.all(Object.values(upstreams).map((one) => one.close()));
  });

  /** A `fetch` through a sandbox's socket. */
  function through(sandbox: string): typeof fetch {
    const dispatcher = new Agent({ connect: { socketPath: started.socketOf(sandbox) } });
    dispatchers.push(dispatcher);
    const by = (url: string, init: object) => fetchBy(url, { ...init, dispatcher });
    return by as unknown as typeof fetch;
  }
  const claude = (sandbox: string) =>
    new Anthropic({
      apiKey: "sk-ant-placeholder",
      baseURL: "http://bridge/anthropic",
      fetch: through(sandbox),
      maxRetries: 0,
    });
  const gpt = (sandbox: string) =>
    new OpenAI({
      apiKey: "sk-placeholder",
      baseURL: "http://bridge/openai/v1",
      fetch: through(sandbox),
      maxRetries: 0,
    });
  const lastCall = () => started.calls().at(-1);
  const ANTHROPIC_USAGE = { input: 12, output: 7, cacheRead: 5, cacheWrite: 3 };
  const OTHER_USAGE = { input: 12, output: 7, cacheRead: 8, cacheWrite: 0 };
  const request = { model: "claude-sonnet-5", max_tokens: 1000, messages: MESSAGES };

  it("gives Anthropic's client a message, and counts its tokens", async () => {
    const message = await claude("alice").messages.create(request);
    expect(message.content).toEqual([{ type: "text", text: TEXT }]);
    const received = upstreams.anthropic.received.at(-1);
    expect(received?.headers["x-api-key"]).toBe(keyOf("anthropic"));
    expect(JSON.stringify(received?.rawHeaders)).not.toContain("placeholder");
    expect(received?.headers.host).toBe(new URL(upstreams.anthropic.origin).host);
    expect(lastCall()).toMatchObject({
      sandbox: "alice",
      model: request.model,
      status: 200,
      tokens: ANTHROPIC_USAGE,
      cost: (12 * 3 + 7 * 15 + 5 * 0.3 + 3 * 3.75) / 1e6,
    });
  });

  it("gives it a stream, and counts that one's tokens", async () => {
    const stream = claude("alice").messages.stream(request);
    let text = "";
    stream.on("text", (piece) => {
      text += piece;
    });
    const message = await stream.finalMessage();
    expect(text).toBe(TEXT);
    expect(message.usage.output_tokens).toBe(7);
    expect(lastCall()).toMatchObject({ model: request.model, tokens: ANTHROPIC_USAGE });
  });

  it("gives OpenAI's client chat completions and responses", async () => {
    const chat = await gpt("alice").chat.completions.create({ model: "gpt-5", messages: MESSAGES });
    expect(chat.choices[0]?.message.content).toBe(TEXT);
    expect(upstreams.openai.received.at(-1)?.headers.authorization).toBe(
      `Bearer ${keyOf("openai")}`,
    );
    expect(lastCall()).toMatchObject({ model: "gpt-5", tokens: OTHER_USAGE });
    const response = await gpt("alice").responses.create({ model: "gpt-5", input: "Hello" });
    expect(response.output_text).toBe(TEXT);
    expect(lastCall()).toMatchObject({ path: "/v1/responses", tokens: OTHER_USAGE });
  });

  it("gives it streams, and asks for their usage only where tokens are limited", async () => {
    for (const sandbox of ["alice", "counted"]) {
      const stream = await gpt(sandbox).chat.completions.create({
        model: "gpt-5",
        messages: MESSAGES,
        stream: true,
      });
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      expect(text).toBe(TEXT);
      const sent = JSON.parse(String(upstreams.openai.received.at(-1)?.body));
      const isLimited = sandbox === "counted";
      expect(sent.stream_options).toEqual(isLimited ? { include_usage: true } : undefined);
      expect(lastCall()?.tokens).toEqual(isLimited ? OTHER_USAGE : undefined);
    }
    // Some readers take this for a stream as well.
    await ask(started.socketOf("counted"), "/openai/v1/chat/completions", {
      body: JSON.stringify({ model: "gpt-5", messages: MESSAGES, stream: 1 }),
    });
    expect(JSON.parse(String(upstreams.openai.received.at(-1)?.body))).toMatchObject({
      stream: 1,
      stream_options: { include_usage: true },
    });
    const stream = await gpt("alice").responses.create({
      model: "gpt-5",
      input: "Hello",
      stream: true,
    });
    let text = "";
    for await (const event of stream)
      if (event.type === "response.output_text.delta") text += event.delta;
    expect(text).toBe(TEXT);
    expect(lastCall()).toMatchObject({ model: "gpt-5", tokens: OTHER_USAGE });
  });

  it("counts what Google says, as a document, a list and events", async () => {
    const model = "/google/v1beta/models/gemini-2.5-flash";
    for (const path of [
      `${model}:generateContent?key=mine`,
      `${model}:streamGenerateContent`,
      `${model}:streamGenerateContent?alt=sse&key=mine`,
    ]) {
      const { status, body } = await ask(started.socketOf("alice"), path, { body: "{}" });
      expect(status).toBe(200);
      expect(body.toString("utf8")).toContain("🌍");
      const received = upstreams.google.received.at(-1);
      expect(received?.url).not.toContain("mine");
      expect(received?.headers["x-goog-api-key"]).toBe(keyOf("google"));
      expect(lastCall()).toMatchObject({ model: "gemini-2.5-flash", tokens: OTHER_USAGE });
    }
  });

  it("refuses in words and classes that the clients know", async () => {
    const wrongModel = { ...request, model: "claude-opus-4-8" };
    await expect(claude("small").messages.create(wrongModel)).rejects.toMatchObject({
      constructor: Anthropic.PermissionDeniedError,
      status: 403,
      error: { type: "error", error: { type: "permission_error" } },
    });
    await expect(gpt("small").responses.create({ model: "o3", input: "" })).rejects.toMatchObject({
      constructor: OpenAI.PermissionDeniedError,
      status: 403,
      code: "model",
    });
    await expect(claude("other").messages.create(request)).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
    const [spentClaude, spentGpt] = [claude("spent"), gpt("spent")];
    await spentClaude.messages.create(request);
    const limited = await spentClaude.messages.create(request).catch((error: unknown) => error);
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
    const after = Number(
      (limited as InstanceType<typeof Anthropic.APIError>).headers?.get("retry-after"),
    );
    expect(after).toBeGreaterThan(0);
    await expect(
      spentGpt.chat.completions.create({ model: "gpt-5", messages: MESSAGES }),
    ).rejects.toMatchObject({ constructor: OpenAI.RateLimitError, code: "requests-per-minute" });
    await expect(claude("alice").beta.files.list()).rejects.toBeInstanceOf(
      Anthropic.PermissionDeniedError,
    );
  });

  it("lets a provider's own refusal through as it is", async () => {
    const text = '{"type":"error","error":{"type":"overloaded_error","message":"Überlast"}}';
    const busy = await startUpstream(await authority.issue("DNS:localhost"), (_, response) => {
      response.writeHead(529, { "content-type": "application/json", "retry-after": "17" });
      response.end(text);
    });
    const provider = providerAt("anthropic", busy.origin, { ca: authority.ca });
    const own = await bridges.start({ credentials: { anthropic: { provider } } });
    const { status, headers, body } = await ask(own.socketOf("alice"), "/anthropic/v1/messages");
    expect([status, headers["retry-after"], body.toString("utf8")]).toEqual([529, "17", text]);
    await busy.close();
  });

  it("brings max_tokens down, and changes no other byte", async () => {
    const cases: readonly (readonly [string, string, string])[] = [
      [
        "/anthropic/v1/messages",
        '{"max_tokens" : 5000 ,"x":"é\\u00e9 {"}',
        '{"max_tokens" : 64 ,"x":"é\\u00e9 {"}',
      ],
      ["/anthropic/v1/messages", '{ "max_tokens":10}', '{ "max_tokens":10}'],
      [
        "/anthropic/v1/messages",
        '{"x":{"max_tokens":9999}}',
        '{"max_tokens":64,"x":{"max_tokens":9999}}',
      ],
      ["/anthropic/v1/messages", '{"max_tokens":"5000"}', '{"max_tokens":64}'],
      ["/anthropic/v1/messages", '{"max_tokens":1e400}', '{"max_tokens":64}'],
      ["/anthropic/v1/messages", '{"max\\u005ftokens":5e3}', '{"max\\u005ftokens":64}'],
      [
        "/openai/v1/chat/completions",
        '{"max_completion_tokens":65,\n"max_tokens":66}',
        '{"max_completion_tokens":64,\n"max_tokens":64}',
      ],
      ["/openai/v1/responses", '{"max_output_tokens":65}', '{"max_output_tokens":64}'],
    ];
    for (const [path, sent, expected] of cases) {
      const named = (text: string) =>
        text.replace(
          /\}$/,
          `,"model":"${path.startsWith("/a") ? "claude-haiku-4-5" : "gpt-5-mini"}"}`,
        );
      const { status } = await ask(started.socketOf("small"), path, { body: named(sent) });
      const upstream = path.startsWith("/a") ? upstreams.anthropic : upstreams.openai;
      expect([status, String(upstream.received.at(-1)?.body)]).toEqual([200, named(expected)]);
    }
    expect(lastCall()).toMatchObject({ decision: "modified", rule: "max-tokens" });
    const config = { maxOutputTokens: 999, temperature: 1 };
    await ask(started.socketOf("small"), "/google/v1beta/models/claude-haiku-1:generateContent", {
      body: JSON.stringify({ generationConfig: config }),
    });
    expect(JSON.parse(String(upstreams.google.received.at(-1)?.body))).toEqual({
      generationConfig: { ...config, maxOutputTokens: 64 },
    });
  });
});
