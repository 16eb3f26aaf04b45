import type { Exchange } from "../exchange.ts";
import type { Refusal } from "../refusal.ts";
import { CUT_OFF, ENCODED, OVERSIZED } from "../refusals.ts";
import type { Route } from "../route.ts";
import { checkBody } from "./body.ts";
import {
  atOnce,
  type Body,
  BodyCutOff,
  BodyTooLarge,
  declaredLength,
  passing,
  whole,
} from "./incoming.ts";

/** A request's body, checked and changed by what the policy says. */
export interface Prepared {
  readonly body: Body;
}

export async function preparedBody(
  exchange: Exchange,
  route: Route,
  readsWhole: boolean,
): Promise<Prepared | Refusal> {
  const { request } = exchange;
  const length = declaredLength(request);
  const { maxBodyBytes } = route;
  if (length !== undefined && length > maxBodyBytes) return OVERSIZED;
  if (length === 0)
    return checksBody(exchange, route) ? checked(exchange, route, Buffer.alloc(0)) : { body: null };
  // What has come with the headers is here once the parser is done with that piece.
  await undefined;
  const here = atOnce(request, length);
  if (here !== undefined) exchange.bytesIn = here.length;
  const looks = checksBody(exchange, route);
  if (!looks && !readsWhole)
    return {
      body:
        here ??
        passing(exchange, maxBodyBytes, (count) => {
          exchange.bytesIn += count;
        }),
    };
  if (looks && isEncoded(request.headers["content-encoding"])) return ENCODED;
  try {
    const body = here ?? (await whole(exchange, maxBodyBytes));
    exchange.bytesIn = body.length;
    return looks ? checked(exchange, route, body) : { body };
  } catch (error) {
    if (error instanceof BodyTooLarge) return OVERSIZED;
    if (error instanceof BodyCutOff) return CUT_OFF;
    throw error;
  }
}

/** Only what is posted asks for a model. */
function checksBody({ request: { method } }: Exchange, route: Route): boolean {
  return route.looksAtBodies && method !== "GET" && method !== "HEAD" && method !== "DELETE";
}

function checked(exchange: Exchange, route: Route, body: Buffer): Prepared | Refusal {
  const found = checkBody(route.body, exchange.path, body);
  exchange.model = found.model ?? exchange.model;
  if (found.kind === "refused") return found.refusal;
  if (found.changed !== undefined) {
    exchange.decision = "modified";
    exchange.rule = found.changed;
  }
  return { body: found.body };
}

function isEncoded(encoding: string | undefined): boolean {
  return encoding !== undefined && encoding !== "identity";
}
