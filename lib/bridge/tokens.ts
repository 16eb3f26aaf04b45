import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Caller } from "./proxy.ts";
import { SHORTEST_TOKEN, type Value } from "./values.ts";

/** A client outside of a sandbox, and what its token is now. */
export interface TokenHolder {
  readonly caller: Caller;
  readonly token: Value;
}

/** Whose token a request shows, in whatever header its agent shows keys. */
export function callerOf(
  holders: readonly TokenHolder[],
  request: IncomingMessage,
): Caller | undefined {
  const shown = shownToken(request);
  if (shown === undefined) return undefined;
  const digest = hash("sha256", shown);
  // Digests are compared, so that the time it takes says nothing of a token.
  return holders.find(({ token }) => {
    const value = token.now();
    return (
      typeof value === "string" &&
      value.length >= SHORTEST_TOKEN &&
      hash("sha256", value) === digest
    );
  })?.caller;
}

function shownToken({ headers }: IncomingMessage): string | undefined {
  for (const name of ["x-api-key", "x-goog-api-key", "api-key"]) {
    const value = headers[name];
    if (typeof value === "string" && value !== "") return value;
  }
  const [scheme = "", value = ""] = (headers.authorization ?? "").split(" ");
  if (/^(?:bearer|token)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  return Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":");
}
