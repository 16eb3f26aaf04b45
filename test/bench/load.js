import { readFileSync } from "node:fs";
import { connect } from "node:net";

const MESSAGE = JSON.stringify({
  model: "claude-sonnet-4-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "y".repeat(900) }],
});
const END_OF_HEADERS = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** A request with a kilobyte of JSON, as an agent sends it. */
export function requestFor(path, events = 0) {
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      "host: bridge",
      "content-type: application/json",
      "x-api-key: placeholder",
      "anthropic-version: 2023-06-01",
      "user-agent: bench",
      "accept: */*",
      `x-events: ${events}`,
      `content-length: ${MESSAGE.length}`,
      "",
      MESSAGE,
    ].join("\r\n"),
  );
}

/** A connection on which one request after another is asked; `onEnd` of `ask` is called when its answer is there. */
export function open(target) {
  return new Promise((resolve, reject) => {
    const socket = connect(target);
    let received = "";
    let onEnd;
    const ask = (request, done) => {
      if (socket.destroyed) {
        done(new Error(`a connection to ${target} was closed between two requests`));
        return;
      }
      onEnd = done;
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      received += chunk.latin1Slice();
      if (!isWhole(received)) return;
      const isGood = received.startsWith("HTTP/1.1 200");
      const problem = isGood ? undefined : new Error(received.slice(0, 600));
      received = "";
      const done = onEnd;
      onEnd = undefined;
      done(problem);
    });
    socket.on("error", (error) => (onEnd ?? reject)(error));
    socket.on("close", () => onEnd?.(new Error("the connection was closed")));
    socket.on("connect", () => resolve({ ask, close: () => socket.destroy() }));
  });
}

function isWhole(received) {
  const end = received.indexOf(END_OF_HEADERS);
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end));
  return length === null
    ? received.endsWith(LAST_CHUNK)
    : received.length >= end + END_OF_HEADERS.length + Number(length[1]);
}

/** Asks `count` times, `atOnce` at the same time, on one connection after another. */
export function load(connections, request, { count, atOnce = 32 }) {
  return new Promise((resolve, reject) => {
    const free = [...connections];
    let sent = 0;
    let done = 0;
    const next = () => {
      if (sent === count) return;
      sent++;
      const connection = free.shift();
      connection.ask(request, (problem) => {
        if (problem) {
          reject(problem);
          return;
        }
        free.push(connection);
        done++;
        if (done === count) resolve();
        else next();
      });
    };
    for (let slot = 0; slot < atOnce; slot++) next();
  });
}

/** The kernel counts in hundredths of a second, here and everywhere. */
const MS_PER_TICK = 10;

/** The milliseconds for which a process has run until now, all its threads together. */
export function cpuOf({ pid }) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return (user + system) * MS_PER_TICK;
}

/** The memory that a process holds now, in megabytes. */
export function memoryOf({ pid }) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/VmRSS:\s*(\d+)/.exec(status)[1]) * 1024) / 1e6;
}
