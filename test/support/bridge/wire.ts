import type { ServerResponse } from "node:http";
import type { Received } from "./upstream.ts";

/** What the fake providers say, in every format. */
export const TEXT = "Grüße, 世界 🌍!";
const PIECES = ["Grüße, ", "世界 ", "🌍!"];

type Json = Readonly<Record<string, unknown>>;

function sendJson(response: ServerResponse, value: unknown, status = 200): ServerResponse {
  response.writeHead(status, { "content-type": "application/json" });
  return response.end(JSON.stringify(value));
}

function sendEvents(response: ServerResponse, events: readonly string[]): ServerResponse {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  for (const event of events) response.write(event);
  return response.end();
}

const named = (data: Json) => `event: ${data["type"]}\ndata: ${JSON.stringify(data)}\n\n`;
const unnamed = (data: Json) => `data: ${JSON.stringify(data)}\n\n`;
const bodyOf = ({ body }: Received) => JSON.parse(body.toString("utf8")) as Json;

/** 12 in, 3 to the cache, 5 from it, 7 out. */
export function anthropic(received: Received, response: ServerResponse): ServerResponse {
  const { model, stream } = bodyOf(received);
  const input = { input_tokens: 12, cache_creation_input_tokens: 3, cache_read_input_tokens: 5 };
  const message = { id: "msg_1", type: "message", role: "assistant", model, stop_sequence: null };
  if (stream !== true)
    return sendJson(response, {
      ...message,
      content: [{ type: "text", text: TEXT }],
      stop_reason: "end_turn",
      usage: { ...input, output_tokens: 7 },
    });
  return sendEvents(response, [
    named({
      type: "message_start",
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { ...input, output_tokens: 1 },
      },
    }),
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    named({ type: "ping" }),
    ...PIECES.map((text) =>
      named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    ),
    named({ type: "content_block_stop", index: 0 }),
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 7 },
    }),
    named({ type: "message_stop" }),
  ]);
}

/** 20 in, of which 8 from the cache, and 7 out. */
export function openai(received: Received, response: ServerResponse): ServerResponse {
  if (received.url.endsWith("/responses")) return openaiResponses(received, response);
  const { model, stream, stream_options } = bodyOf(received);
  const usage = {
    prompt_tokens: 20,
    completion_tokens: 7,
    total_tokens: 27,
    prompt_tokens_details: { cached_tokens: 8 },
  };
  const common = { id: "chatcmpl-1", created: 1, model };
  if (stream !== true)
    return sendJson(response, {
      ...common,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: TEXT }, finish_reason: "stop" }],
      usage,
    });
  const chunk = { ...common, object: "chat.completion.chunk" };
  const hasUsage = (stream_options as Json | undefined)?.["include_usage"] === true;
  return sendEvents(response, [
    ...PIECES.map((content) =>
      unnamed({ ...chunk, choices: [{ index: 0, delta: { content }, finish_reason: null }] }),
    ),
    unnamed({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
    ...(hasUsage ? [unnamed({ ...chunk, choices: [], usage })] : []),
    "data: [DONE]\n\n",
  ]);
}

function openaiResponses(received: Received, response: ServerResponse): ServerResponse {
  const { model, stream } = bodyOf(received);
  const begun = { id: "resp_1", object: "response", created_at: 1, model, output: [] };
  const whole = {
    ...begun,
    status: "completed",
    output: [
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: TEXT, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 8 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 27,
    },
  };
  if (stream !== true) return sendJson(response, whole);
  return sendEvents(response, [
    named({ type: "response.created", response: { ...begun, status: "in_progress" } }),
    ...PIECES.map((delta) =>
      named({
        type: "response.output_text.delta",
        item_id: "msg_1",
        output_index: 0,
        content_index: 0,
        delta,
      }),
    ),
    named({ type: "response.completed", response: whole }),
  ]);
}

/** 20 in, of which 8 from the cache; 7 out, of which 2 were thoughts. */
export function google({ url }: Received, response: ServerResponse): ServerResponse {
  const usageMetadata = {
    promptTokenCount: 20,
    cachedContentTokenCount: 8,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 2,
    totalTokenCount: 27,
  };
  const piece = (text: string) => ({
    candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0 }],
    modelVersion: "gemini-2.5-flash",
  });
  if (!url.includes(":streamGenerateContent"))
    return sendJson(response, { ...piece(TEXT), usageMetadata });
  const pieces = PIECES.map((text, at) =>
    at === PIECES.length - 1 ? { ...piece(text), usageMetadata } : piece(text),
  );
  if (!url.includes("alt=sse")) return sendJson(response, pieces);
  return sendEvents(response, pieces.map(unnamed));
}
