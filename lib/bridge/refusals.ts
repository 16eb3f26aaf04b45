import type { Exceeded } from "./limits/limiter.ts";
import type { Refusal } from "./refusal.ts";
import { PRIVATE_ADDRESS } from "./upstream/addresses.ts";

/** Every reason for which the bridge answers by itself, in words for whoever works with the agent. */

export const UNKNOWN_CALLER: Refusal = {
  status: 401,
  rule: "token",
  message: "the key is no token of this bridge",
};
export const ONE_HOST: Refusal = {
  status: 400,
  rule: "host",
  message: "a request has one Host header",
};
export const NO_HTTP: Refusal = {
  status: 400,
  rule: "http",
  message: "this is no HTTP/1.1 request",
};
export const LONG_HEADERS: Refusal = {
  status: 431,
  rule: "http",
  message: "the request's headers are too long",
};
export const LATE_HEADERS: Refusal = {
  status: 408,
  rule: "http",
  message: "the request's headers did not come",
};
export const BAD_TARGET: Refusal = {
  status: 400,
  rule: "target",
  message: "a request's path is /CREDENTIAL/…, without dot segments or encoded slashes",
};
export const WEBSOCKET: Refusal = {
  status: 426,
  rule: "upgrade",
  message: "no WebSocket here; use HTTP",
};
export const NO_TUNNEL: Refusal = {
  status: 405,
  rule: "connect",
  message: "this is no proxy for CONNECT; ask it for /CREDENTIAL/…",
};
export const INTERNAL: Refusal = {
  status: 500,
  rule: "internal",
  message: "something went wrong in the bridge; its journal says what",
};
export const OVERSIZED: Refusal = {
  status: 413,
  rule: "body-size",
  message: "the request is larger than this bridge takes",
};
export const CUT_OFF: Refusal = {
  status: 400,
  rule: "body",
  message: "the request's body ended too early",
};
export const ENCODED: Refusal = {
  status: 415,
  rule: "body",
  message: "a compressed body cannot be checked; send it as it is",
};
export const NO_AUDIT: Refusal = {
  status: 503,
  rule: "audit",
  message: "calls cannot be logged at the moment, and none passes that is not",
  retryAfterSeconds: 10,
};
export const UNCOUNTED: Refusal = {
  status: 503,
  rule: "limits",
  message: "calls cannot be counted at the moment, and none passes that is not",
  retryAfterSeconds: 5,
};
export const HOOK_FAILED: Refusal = {
  status: 500,
  rule: "hook",
  message: "a hook of the bridge failed; its journal says how",
};
export const CLOSING: Refusal = {
  status: 503,
  rule: "closing",
  message: "the bridge is shutting down",
  retryAfterSeconds: 2,
};

export function unknownCredential(names: Iterable<string>): Refusal {
  const known = [...names].map((name) => `/${name}/…`).join(", ");
  return {
    status: 404,
    rule: "credential",
    message: `no such credential here${known === "" ? "" : `; there is ${known}`}`,
  };
}

export function notAllowed(method: string, path: string): Refusal {
  return {
    status: 403,
    rule: "path",
    message: `${method} ${path.slice(0, 200)} is not allowed here`,
  };
}

export function notAllowedModel(model: string): Refusal {
  return {
    status: 403,
    rule: "model",
    message: `the model ${JSON.stringify(model.slice(0, 200))} is not allowed here`,
  };
}

export function badBody(message: string): Refusal {
  return { status: 400, rule: "body", message };
}

export function noValue(credential: string): Refusal {
  return {
    status: 503,
    rule: "credential",
    message: `the host has no value for the credential ${credential}`,
    retryAfterSeconds: 10,
  };
}

const LIMITS: Readonly<Record<string, string>> = {
  "requests-per-minute": "requests of this minute",
  "concurrent-requests": "requests at the same time",
  "tokens-per-minute": "tokens of this minute",
  "tokens-per-day": "tokens of this day",
  "dollars-per-day": "money of this day",
};

export function tooMany({ rule, whose, retryAfterSeconds }: Exceeded): Refusal {
  return {
    status: 429,
    rule,
    message: `the ${whose}'s ${LIMITS[rule] ?? rule} are used up; try again in ${retryAfterSeconds} s`,
    retryAfterSeconds,
  };
}

export function unfitUpstream(problem: string): Refusal {
  return { status: 502, rule: "upstream", message: `the provider is not asked: ${problem}` };
}

/** How the way to a provider failed, by the error's code. */
export function upstreamFailure(code: string | undefined): Refusal {
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT")
    return { status: 504, rule: "upstream", message: "the provider was silent for too long" };
  return {
    status: 502,
    rule: "upstream",
    message: WAYS_TO_FAIL[code ?? ""] ?? "the provider cannot be reached, or broke off",
  };
}

const WAYS_TO_FAIL: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the provider does not take connections",
  ENOTFOUND: "the provider's name is not known",
  EAI_AGAIN: "the provider's name cannot be looked up",
  [PRIVATE_ADDRESS]: "the provider's name leads to a private address",
  UND_ERR_CONNECT_TIMEOUT: "the provider does not answer",
  CERT_HAS_EXPIRED: "the provider's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the provider's certificate is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "the provider's certificate is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the provider's certificate is not trusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "the provider's certificate is another host's",
};
