import type { IncomingMessage, ServerResponse } from "node:http";
import { thrownText } from "../files/thrown.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import { type Ending, refuseExchange } from "./finish.ts";
import { forward } from "./forward.ts";
import { askHook } from "./hook-calls.ts";
import type { Hooks } from "./hooks.ts";
import type { Refusal } from "./refusal.ts";
import * as refusals from "./refusals.ts";
import { modelInPath } from "./request/body.ts";
import { passedHeaders } from "./request/headers.ts";
import { type Prepared, preparedBody } from "./request/prepare.ts";
import { parseTarget } from "./request/target.ts";
import type { Route } from "./route.ts";

const MOST_SHOWN = 1000;

/** Who asks, and where that may lead. */
export interface Caller {
  readonly sandbox: string;
  readonly routes: ReadonlyMap<string, Route>;
}

/** What every request needs. */
export interface Works extends Ending {
  readonly hooks: Hooks;
  /** Why no request may pass just now. */
  readonly closed: () => Refusal | undefined | Promise<Refusal | undefined>;
}

/** Answers one request: refuses it, or passes it on. Never throws. */
export async function serve(
  works: Works,
  caller: Caller | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = exchangeOf(request, response, caller?.sandbox ?? "");
  try {
    const refusal = await handle(works, caller, exchange);
    if (refusal !== undefined) await refuseExchange(works, exchange, refusal);
  } catch (error) {
    works.warn(`a request of ${exchange.sandbox} failed: ${thrownText(error)}`);
    await refuseExchange(works, exchange, refusals.INTERNAL);
  }
}

/** Logs a request that was refused before it could be served. */
export function noteTurnedAway(
  works: Works,
  caller: Caller | undefined,
  { status, rule }: Refusal,
  request: IncomingMessage | undefined,
): Promise<void> {
  return works.record({
    time: new Date().toISOString(),
    sandbox: caller?.sandbox ?? "",
    method: request?.method ?? "",
    path: shownPath(request?.url ?? ""),
    status,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    decision: "refused",
    rule,
  });
}

async function handle(
  works: Works,
  caller: Caller | undefined,
  exchange: Exchange,
): Promise<Refusal | undefined> {
  const { request } = exchange;
  const { method = "", url = "" } = request;
  exchange.path = shownPath(url);
  if (caller === undefined) return refusals.UNKNOWN_CALLER;
  // A request line without a version is HTTP/0.9's, and what follows it are headers for Node alone.
  if (request.httpVersionMajor !== 1) return refusals.NO_HTTP;
  // Node joins no two of them, and takes the first.
  if (hostCount(request.rawHeaders) !== 1) return refusals.ONE_HOST;
  const target = parseTarget(url);
  if (target === undefined) return refusals.BAD_TARGET;
  const route = caller.routes.get(target.credential);
  if (route === undefined) return refusals.unknownCredential(caller.routes.keys());
  exchange.credential = target.credential;
  exchange.path = target.path;
  exchange.route = route;
  exchange.model = modelInPath(route.format, target.path);
  // Others are ignored (RFC 9110, section 7.8): Java asks for h2c with every first request.
  if (/\bwebsocket\b/i.test(request.headers.upgrade ?? "")) return refusals.WEBSOCKET;
  if (!route.allows(method, target.path)) return refusals.notAllowed(method, target.path);
  const closed = works.closed();
  const reason = closed instanceof Promise ? await closed : closed;
  if (reason !== undefined) return reason;
  const prepared = await preparedBody(exchange, route, works.hooks.readsBodies ?? false);
  if ("status" in prepared) return prepared;
  return pass(works, exchange, route, {
    body: prepared.body,
    path: target.path,
    query: target.query,
    headers: passedHeaders(request, route.headers),
  });
}

interface Passing extends Prepared {
  readonly path: string;
  readonly query: string;
  readonly headers: string[];
}

async function pass(
  works: Works,
  exchange: Exchange,
  route: Route,
  passing: Passing,
): Promise<Refusal | undefined> {
  const asked =
    works.hooks.onRequest === undefined ? passing : await askHook(works, exchange, route, passing);
  if ("status" in asked) return asked;
  if (route.isLimited) {
    const refusal = await counted(works, exchange, route);
    if (refusal !== undefined) return refusal;
  }
  const { upstream, value, name } = route.backend;
  if (upstream.problem !== undefined) return refusals.unfitUpstream(upstream.problem);
  const found = value.now();
  const key = found instanceof Promise ? await found : found;
  if (key === undefined) return refusals.noValue(name);
  asked.headers.push(route.header, route.shown(key));
  forward(works, exchange, route, {
    method: exchange.request.method ?? "GET",
    path: `${upstream.basePath}${passing.path}${passing.query}`,
    headers: asked.headers,
    body: asked.body,
  });
  return undefined;
}

async function counted(
  { limiter, warn }: Works,
  exchange: Exchange,
  route: Route,
): Promise<Refusal | undefined> {
  try {
    const exceeded = await limiter.acquire(route.asker);
    if (exceeded !== undefined) return refusals.tooMany(exceeded);
    exchange.isCounted = true;
    return undefined;
  } catch (error) {
    warn(
      `limits cannot be counted: ${error instanceof Error ? error.message : "the store is away"}`,
    );
    return refusals.UNCOUNTED;
  }
}

/** For the log, of a request that may go nowhere. */
function shownPath(url: string): string {
  const mark = url.indexOf("?");
  return url.slice(0, mark === -1 ? MOST_SHOWN : Math.min(mark, MOST_SHOWN));
}

function hostCount(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === "host") count++;
  return count;
}
