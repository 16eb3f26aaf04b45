import { cpuOf, load, open, requestFor } from "./load.js";
import { PATHS, PROXIES } from "./proxies.js";
import { ratiosTo, spread } from "./rounds.js";
import { figure, table } from "./table.js";

const ROUNDS = 7;
const REQUESTS = 8000;
const CONNECTIONS = 32;
const WARM_UP = 12_000;
const GROWTH_ROUNDS = 6;
const GROWTH_REQUESTS = 3000;
/** How many requests the windows hold at the end. */
const MANY = Number(process.env.BENCH_REQUESTS ?? 200_000);
const SANDBOXES = 1000;

/** What a thousand requests cost each proxy. */
export async function measureCpu(proxies) {
  const sides = await sidesOf(proxies);
  for (const side of Object.values(sides)) await side.ask(WARM_UP);
  const costs = await rounds(sides, ROUNDS, REQUESTS);
  for (const side of Object.values(sides)) side.close();
  const [floor] = Object.keys(proxies);
  const ratios = ratiosTo(floor, costs);
  const limit = spread(ratios["http-proxy"]).median.toFixed(2);
  const targets = { "forage-nix": `≤ 4, < ${limit}` };
  return table(
    `A bridge's CPU: ${ROUNDS} × ${REQUESTS} requests with 1 KB of JSON each, ${CONNECTIONS} connections to a Unix socket`,
    ["", `× ${floor}`, "target", "ms for 1,000", "does"],
    Object.entries(costs).map(([name, own]) => [
      name,
      figure(ratios[name]),
      targets[name] ?? "",
      figure(own, 1),
      PROXIES[name].does,
    ]),
  );
}

/** Whether a request costs more after many others, or among many sandboxes. */
export async function measureGrowth(proxies, start) {
  const [floor] = Object.keys(proxies);
  const ofSandboxes = async (sandboxes, connections) => {
    const proxy = await start("forage-nix", sandboxes);
    const side = await sideOf(proxy, proxy.sockets, connections);
    await side.ask(WARM_UP);
    return side;
  };
  // First: the connections of the others would be closed meanwhile.
  const many = await ofSandboxes(1, CONNECTIONS);
  await many.ask(MANY);
  const sides = {
    [floor]: (await sidesOf({ [floor]: proxies[floor] }))[floor],
    "few requests": await ofSandboxes(1, CONNECTIONS),
    "many requests": many,
    "1 sandbox": await ofSandboxes(1, SANDBOXES),
    "many sandboxes": await ofSandboxes(SANDBOXES, SANDBOXES),
  };
  const costs = await rounds(sides, GROWTH_ROUNDS, GROWTH_REQUESTS);
  for (const side of Object.values(sides)) side.close();
  const few = WARM_UP + GROWTH_ROUNDS * GROWTH_REQUESTS;
  const row = (what, name, before) => [
    what,
    figure(ratiosTo(floor, costs)[name]),
    before === undefined ? "" : figure(ratiosTo(before, costs)[name]),
    before === undefined ? "" : "1",
  ];
  return table(
    `A bridge's growth: ${GROWTH_ROUNDS} × ${GROWTH_REQUESTS} requests, ${CONNECTIONS} at a time`,
    ["forage-nix", `× ${floor}`, "× the line above", "target"],
    [
      row(`after ${WARM_UP} to ${few} requests`, "few requests"),
      row(`after ${MANY} more`, "many requests", "few requests"),
      row(`1 sandbox, ${SANDBOXES} connections`, "1 sandbox"),
      row(`${SANDBOXES} sandboxes, a connection to each`, "many sandboxes", "1 sandbox"),
    ],
  );
}

async function sidesOf(proxies) {
  const sides = {};
  for (const [name, proxy] of Object.entries(proxies))
    sides[name] = await sideOf(proxy, [proxy.sockets[0]], CONNECTIONS);
  return sides;
}

/** A proxy with connections to it. */
async function sideOf({ child, prefix }, sockets, count) {
  const request = requestFor(`${prefix}${PATHS.document}`);
  const connections = [];
  for (let at = 0; at < count; at++) connections.push(await open(sockets[at % sockets.length]));
  return {
    child,
    ask: (requests) => load(connections, request, { count: requests, atOnce: CONNECTIONS }),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

/** The milliseconds of CPU for 1,000 requests, one figure for each round, all sides in each and in a changing order. */
async function rounds(sides, count, requests) {
  const names = Object.keys(sides);
  const costs = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < count; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const { child, ask } = sides[name];
      const before = cpuOf(child);
      await ask(requests);
      costs[name].push(((cpuOf(child) - before) / requests) * 1000);
    }
  return costs;
}
