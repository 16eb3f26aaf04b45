import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProviderFormat } from "../schema/bridge-types.ts";
import type { Call, Decision } from "./call.ts";
import type { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";

/** One request on its way, and what is known of it so far. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sandbox: string;
  readonly began: number;
  readonly time: string;
  credential: string | undefined;
  route: Route | undefined;
  path: string;
  model: string | undefined;
  bytesIn: number;
  bytesOut: number;
  status: number;
  firstByte: number | undefined;
  decision: Decision;
  rule: string | undefined;
  /** Whether its answer has no end. */
  isCutOff: boolean;
  /** Whether the limits count it as running. */
  isCounted: boolean;
}

export function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  sandbox: string,
): Exchange {
  return {
    request,
    response,
    sandbox,
    began: performance.now(),
    time: new Date().toISOString(),
    credential: undefined,
    route: undefined,
    path: "",
    model: undefined,
    bytesIn: 0,
    bytesOut: 0,
    status: 0,
    firstByte: undefined,
    decision: "allowed",
    rule: undefined,
    isCutOff: false,
    isCounted: false,
  };
}

export function formatOf({ route }: Exchange): ProviderFormat {
  return route?.format ?? "plain";
}

export function noteRefusal(exchange: Exchange, { status, rule }: Refusal): void {
  exchange.status = status;
  exchange.decision = status >= 500 ? "failed" : "refused";
  exchange.rule = rule;
}

const milliseconds = (from: number, to: number) => Math.round((to - from) * 10) / 10;

/** What the audit log has of it. */
export function callOf(exchange: Exchange, took: Pick<Call, "tokens" | "cost">): Call {
  const { time, sandbox, credential, route, request, path, model, status, began, firstByte } =
    exchange;
  return {
    time,
    sandbox,
    credential,
    provider: route?.backend.upstream.host,
    method: request.method ?? "",
    path,
    model,
    status,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    tokens: took.tokens,
    cost: took.cost,
    durationMs: milliseconds(began, performance.now()),
    firstByteMs: firstByte === undefined ? undefined : milliseconds(began, firstByte),
    decision: exchange.decision,
    rule: exchange.rule,
  };
}
