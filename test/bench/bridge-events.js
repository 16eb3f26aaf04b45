import { spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { memoryOf, requestFor } from "./load.js";
import { PATHS, stop } from "./proxies.js";
import { spread } from "./rounds.js";
import { figure, table } from "./table.js";

const STREAMS = 32;
const EVENTS = 20;
const ROUNDS = 8;
/** Until a runtime has compiled what it runs: a bridge does it for months. */
const WARM_UP = 10;
const IDLE_STREAMS = 1000;
const IDLE_WAYS = ["forage-nix", "nginx", "node:http, undici"];

/** What a proxy adds to the way of an event, and to the wait for the first one. */
export async function measureEvents(proxies, { url }) {
  const { hostname: host, port } = new URL(url);
  const ways = { direct: { target: { host, port: Number(port) }, prefix: "" } };
  for (const [name, { sockets, prefix }] of Object.entries(proxies))
    ways[name] = { target: { path: sockets[0] }, prefix };
  const names = Object.keys(ways);
  const delays = Object.fromEntries(names.map((name) => [name, { event: [], first: [] }]));
  for (let round = -WARM_UP; round < ROUNDS; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + WARM_UP) % names.length];
      const streams = await Promise.all(
        Array.from({ length: STREAMS }, () => follow(ways[name], PATHS.events)),
      );
      if (round < 0) continue;
      delays[name].event.push(spread(streams.flatMap(({ delays }) => delays.slice(1))).median);
      delays[name].first.push(spread(streams.map(({ first }) => first)).median);
    }
  const added = (name, what) =>
    delays[name][what].map((delay, round) => delay - delays.direct[what][round]);
  return table(
    `A bridge's events: ${STREAMS} streams at a time, ${ROUNDS} × ${EVENTS} events in each; medians, in microseconds`,
    ["", "added to an event", "target", "added to the first byte", "target"],
    names
      .slice(1)
      .map((name) => [
        name,
        figure(added(name, "event"), 0),
        name === "forage-nix" ? "≤ 120" : "",
        figure(added(name, "first"), 0),
        name === "forage-nix" ? "≤ 1000" : "",
      ]),
  );
}

/** Reads a stream to its end. */
async function follow({ target, prefix }, path) {
  const request = requestFor(`${prefix}${path}`, EVENTS);
  const socket = connect(target);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  // As clients begin: not all in the same moment.
  await wait(Math.random() * 200);
  const begun = process.hrtime.bigint();
  const delays = [];
  let first;
  socket.write(request);
  for await (const chunk of socket) {
    const now = process.hrtime.bigint();
    first ??= Number(now - begun) / 1000;
    const text = chunk.latin1Slice();
    for (const [, at] of text.matchAll(/"at":"(\d+)"/g))
      delays.push(Number(now - BigInt(at)) / 1000);
    if (text.endsWith("0\r\n\r\n")) break;
  }
  if (delays.length !== EVENTS) throw new Error(`${delays.length} of ${EVENTS} events came`);
  return { first, delays };
}

/** The memory for streams that wait. */
export async function measureIdle(start) {
  const empty = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  await wait(500);
  const emptySize = memoryOf(empty);
  await stop({ child: empty });
  const rows = [];
  for (const name of IDLE_WAYS) {
    const proxy = await start(name);
    if (proxy === undefined) continue;
    const before = memoryOf(proxy.child);
    const streams = await openIdle(proxy);
    await wait(1000);
    const after = memoryOf(proxy.child);
    for (const stream of streams) stream.destroy();
    const isNode = name !== "nginx";
    rows.push([
      name,
      (after - before).toFixed(0),
      isNode ? (after - emptySize).toFixed(0) : "",
      name === "forage-nix" ? "≤ 100" : "",
    ]);
  }
  return table(
    `A bridge's memory with ${IDLE_STREAMS} idle streams, in MB`,
    ["", "over itself without them", "over an empty Node", "target"],
    rows,
  );
}

async function openIdle({ sockets, prefix }) {
  const request = requestFor(`${prefix}${PATHS.idle}`);
  const streams = [];
  for (let count = 0; count < IDLE_STREAMS; count++) {
    const socket = connect(sockets[0]);
    socket.write(request);
    await new Promise((resolve, reject) => {
      let text = "";
      socket.once("error", reject);
      socket.on("data", (chunk) => {
        text += chunk.latin1Slice();
        if (text.includes('"at":')) resolve();
      });
    });
    streams.push(socket);
  }
  return streams;
}
