// A provider in the lab: it answers whoever shows its key, with events, and says what else it was shown.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const event = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

createServer((request, response) => {
  request.resume();
  const key = readFileSync("/run/keys/anthropic", "utf8").trim();
  if (request.headers["x-api-key"] !== key) return response.writeHead(401).end();
  response.writeHead(200, { "content-type": "text/event-stream" });
  const model = "claude-sonnet-4-5";
  const usage = { input_tokens: 7, output_tokens: 1 };
  response.write(event({ type: "message_start", message: { model, usage } }));
  let left = 5;
  const timer = setInterval(() => {
    response.write(event({ type: "content_block_delta", delta: { text: `word ${left}` } }));
    if (--left > 0) return;
    clearInterval(timer);
    response.end(event({ type: "message_delta", usage: { output_tokens: 42 } }));
  }, 20);
}).listen(9400, "127.0.0.1", () => console.log("ready"));
