import { cpuOf, load, open, requestFor } from "./load.js";
import { PATHS, PROXIES } from "./proxies.js";
import { ratiosTo, spread } from "./rounds.js";
import { figure, table } from "./table.js";

const ROUNDS = 7;
const REQUESTS = 8000;
const CONNECTIONS = 32;
const WARM_UP = 12_000;
const GROWTH_ROUNDS = 3;
const GROWTH_REQUESTS = 5000;
/** How many requests the windows hold at the end. */
const MANY = Number(process.env.BENCH_REQUESTS ?? 200_000);
const SANDBOXES = 1000;

/** What a thousand requests cost each proxy. */
export async function measureCpu(proxies) {
  const sides = await sidesOf(proxies);
  for (const side of Object.values(sides)) await side.ask(WARM_UP);
  const costs = await rounds(sides, ROUNDS, REQUESTS);
  for (const side of Object.values(sides)) side.close();
  const floor = Object.keys(proxies)[0];
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
  const floor = Object.keys(proxies)[0];
  const beside = await sidesOf({ floor: proxies[floor] });
  const at = async (side) => {
    const costs = await rounds({ ...beside, side }, GROWTH_ROUNDS, GROWTH_REQUESTS);
    return spread(ratiosTo("floor", costs).side);
  };
  const fresh = await start("forage-nix", 2);
  // Compiled, but by the requests of another sandbox; the credential's window is not empty then.
  const other = await sideOf(fresh, [fresh.sockets[1]], CONNECTIONS);
  await other.ask(WARM_UP);
  other.close();
  const one = await sideOf(fresh, [fresh.sockets[0]], CONNECTIONS);
  const few = await at(one);
  await one.ask(MANY);
  const many = await at(one);
  one.close();
  const spreadOver = async (count) => {
    const proxy = await start("forage-nix", count);
    const side = await sideOf(proxy, proxy.sockets, SANDBOXES);
    await side.ask(WARM_UP);
    const found = await at(side);
    side.close();
    return found;
  };
  const rows = [
    [`${GROWTH_ROUNDS * GROWTH_REQUESTS} requests in the windows`, few, ""],
    [`${MANY} requests in the windows`, many, few],
    [`1 sandbox, ${SANDBOXES} connections`, await spreadOver(1), ""],
  ];
  rows.push([
    `${SANDBOXES} sandboxes, a connection to each`,
    await spreadOver(SANDBOXES),
    rows[2][1],
  ]);
  for (const side of Object.values(beside)) side.close();
  return table(
    `A bridge's growth: ${GROWTH_ROUNDS} × ${GROWTH_REQUESTS} requests, ${CONNECTIONS} at a time`,
    ["forage-nix", `× ${floor}`, "× before", "target"],
    rows.map(([name, { median, low, high }, before]) => [
      name,
      `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
      before === "" ? "" : (median / before.median).toFixed(2),
      before === "" ? "" : "1",
    ]),
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
