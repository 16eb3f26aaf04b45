// A provider that answers at once; see proxies.js.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

const DOCUMENT = Buffer.from(
  JSON.stringify({
    id: "msg_1",
    type: "message",
    model: "claude-sonnet-4-5",
    content: [{ type: "text", text: "x".repeat(860) }],
    usage: { input_tokens: 10, output_tokens: 20 },
  }),
);
const EVENT_MS = 20;

const START = `event: message_start\ndata: ${JSON.stringify({
  type: "message_start",
  message: { model: "claude-sonnet-4-5", usage: { input_tokens: 10, output_tokens: 1 } },
})}\n\n`;

const sendEvent = (response) => {
  const at = process.hrtime.bigint();
  response.write(
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"},"at":"${at}"}\n\n`,
  );
};

const ANSWERS = {
  "/v1/messages": (response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": DOCUMENT.length,
      "request-id": "req_1",
    });
    response.end(DOCUMENT);
  },
  "/v1/events": async (response, count) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(START);
    sendEvent(response);
    // Not all streams in step.
    await wait(Math.random() * EVENT_MS);
    for (let event = 1; event < count; event++) {
      await wait(EVENT_MS);
      sendEvent(response);
    }
    response.end();
  },
  "/v1/idle": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    sendEvent(response);
  },
};

const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => ANSWERS[request.url](response, Number(request.headers["x-events"])));
});
// A proxy waits for its turn longer than that, and not all of them ask again on a connection that is closed.
server.keepAliveTimeout = 600_000;
server.listen({ host: "127.0.0.1", port: 0, backlog: 2048 }, () =>
  process.send(`http://127.0.0.1:${server.address().port}`),
);
// Not to outlive a bench that is interrupted.
process.once("disconnect", () => process.exit());
