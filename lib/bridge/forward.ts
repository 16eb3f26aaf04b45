import type { Dispatcher } from "undici";
import { chunkOf, LAST_CHUNK, takeOverChunks } from "./chunks.ts";
import type { Exchange } from "./exchange.ts";
import { finish, refuseExchange } from "./finish.ts";
import { askResponseHook } from "./hook-calls.ts";
import type { Works } from "./proxy.ts";
import { OVERSIZED, upstreamFailure } from "./refusals.ts";
import { passedBackHeaders } from "./request/headers.ts";
import { type Body, BodyCutOff, BodyTooLarge } from "./request/incoming.ts";
import type { Route } from "./route.ts";
import { type Meter, meterOf, NO_METER } from "./usage/meter.ts";

/** A request as its provider gets it. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: Body;
}

type Controller = Dispatcher.DispatchController;

/** Passes a request on, and its answer back, as both come. */
export function forward(works: Works, exchange: Exchange, route: Route, outgoing: Outgoing): void {
  const { request, response } = exchange;
  let meter: Meter = NO_METER;
  let transform: ((chunk: Uint8Array) => Uint8Array) | undefined;
  let controller: Controller | undefined;
  let expected: number | undefined;
  let isChunked = false;
  /** Waits for the end, and goes with it. */
  let last: Buffer | undefined;
  let isOver = false;

  response.on("drain", () => controller?.resume());

  const gone = async () => {
    exchange.rule = "client-gone";
    exchange.isCutOff = true;
    exchange.status ||= 499;
    await finish(works, exchange, await meter.end());
  };

  const left = () => {
    if (isOver) return;
    // The client is gone, and what it asked for is not to go on.
    if (controller === undefined) isOver = true;
    controller?.abort(new ClientGone());
    if (controller === undefined) void gone();
  };
  if (response.destroyed || request.socket.destroyed) {
    left();
    return;
  }
  response.on("close", left);
  // An answer that waits for the one before it has no socket yet, and is not told when that closes.
  if (response.socket === null) request.socket.setMaxListeners(0).once("close", left);

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (begun) => {
      controller = begun;
      if (isOver) begun.abort(new ClientGone());
    },
    onResponseStart: (begun, status, given) => {
      // An answer is still to come after these (103, early hints).
      if (status < 200) return;
      exchange.firstByte ??= performance.now();
      exchange.status = status;
      const headers = passedBackHeaders(given);
      const type = typeof headers["content-type"] === "string" ? headers["content-type"] : "";
      if (status < 300)
        meter = meterOf(route.format, type, encodingOf(headers["content-encoding"]));
      localise(headers, route, outgoing.path);
      if (works.hooks.onResponse !== undefined) {
        const answer = askResponseHook(works, exchange, route, status, { ...headers });
        if (answer !== undefined && "deny" in answer) {
          isOver = true;
          begun.abort(new ClientGone());
          void refuseExchange(works, exchange, {
            status: answer.status ?? 502,
            rule: "hook",
            message: answer.deny,
          });
          return;
        }
        for (const [name, value] of Object.entries(answer?.headers ?? {})) {
          if (value === null) delete headers[name.toLowerCase()];
          else headers[name.toLowerCase()] = value;
        }
        transform = answer?.transform;
        if (transform !== undefined) delete headers["content-length"];
      }
      const { "content-length": length } = headers;
      expected = typeof length === "string" ? Number(length) : undefined;
      response.writeHead(status, headers);
      // Events may be a long time coming after their headers.
      if (expected === undefined) {
        response.flushHeaders();
        isChunked = takeOverChunks(response);
        if (isChunked) last = LAST_CHUNK;
      }
    },
    onResponseData: (begun, chunk) => {
      if (isOver) return;
      const passed = transform === undefined ? chunk : Buffer.from(transform(chunk));
      exchange.bytesOut += passed.length;
      if (expected !== undefined && exchange.bytesOut >= expected) last = passed;
      else if (passed.length > 0 && !response.write(isChunked ? chunkOf(passed) : passed))
        begun.pause();
      meter.feed(chunk);
    },
    onResponseEnd: () => {
      isOver = true;
      void ended();
    },
    onResponseError: (_, error) => {
      if (isOver) return;
      isOver = true;
      void failed(error);
    },
  };

  // Only when the log has the call does its answer end.
  const ended = async () => {
    await finish(works, exchange, await meter.end());
    response.end(last);
  };

  const failed = async (error: Error & { code?: string }) => {
    if (error instanceof ClientGone || error instanceof BodyCutOff) return gone();
    const refusal = error instanceof BodyTooLarge ? OVERSIZED : upstreamFailure(codeOf(error));
    if (refusal.rule === "upstream")
      works.warn(`${route.backend.upstream.host}: ${refusal.message}`);
    // What came before it broke off has its price as well.
    await refuseExchange(works, exchange, refusal, await meter.end());
  };

  route.backend.upstream.dispatcher.dispatch(
    {
      method: outgoing.method as Dispatcher.HttpMethod,
      path: outgoing.path,
      headers: outgoing.headers,
      body: outgoing.body as Dispatcher.DispatchOptions["body"],
    } as Dispatcher.DispatchOptions,
    handler,
  );
}

class ClientGone extends Error {}

function codeOf(error: Error & { code?: string }): string | undefined {
  const cause = error.cause as { code?: string } | undefined;
  return error.code ?? cause?.code;
}

function encodingOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header.toLowerCase() : undefined;
}

/** A redirect to the same provider leads through the bridge again; one to another is the client's own affair. */
function localise(
  headers: Record<string, string | string[]>,
  route: Route,
  askedPath: string,
): void {
  const { location } = headers;
  if (typeof location !== "string") return;
  const { origin, basePath } = route.backend.upstream;
  const asked = `${origin}${askedPath}`;
  const target = URL.canParse(location, asked) ? new URL(location, asked) : undefined;
  if (target?.origin !== origin || !target.pathname.startsWith(`${basePath}/`)) return;
  headers["location"] =
    `/${route.backend.name}${target.pathname.slice(basePath.length)}${target.search}`;
}
