import type { ServerResponse } from "node:http";
import type { ProviderFormat } from "../schema/bridge-types.ts";

/** Why the bridge answers by itself. */
export interface Refusal {
  readonly status: number;
  /** What decided: "path", "model", "requests-per-minute" … */
  readonly rule: string;
  /** For whoever works with the agent; never an internal detail. */
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
};

const GOOGLE_STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** A refusal's body as the provider itself would write one, so that agents show something sensible. */
const BODIES: Readonly<Record<ProviderFormat, (refusal: Refusal, message: string) => unknown>> = {
  anthropic: ({ status }, message) => ({
    type: "error",
    error: { type: ANTHROPIC_TYPES[status] ?? "api_error", message },
  }),
  openai: ({ status, rule }, message) => ({
    error: {
      message,
      type:
        status === 429
          ? "rate_limit_exceeded"
          : status < 500
            ? "invalid_request_error"
            : "server_error",
      param: null,
      code: rule,
    },
  }),
  google: ({ status }, message) => ({
    error: { code: status, message, status: GOOGLE_STATUSES[status] ?? "INTERNAL" },
  }),
  github: (_, message) => ({ message }),
  plain: (_, message) => `${message}\n`,
};

/** The bytes of a refusal, and what they are. */
export function refusalBody(
  refusal: Refusal,
  format: ProviderFormat,
): { type: string; body: Buffer } {
  const content = BODIES[format](refusal, `forage-bridge: ${refusal.message}`);
  return typeof content === "string"
    ? { type: "text/plain; charset=utf-8", body: Buffer.from(content) }
    : { type: "application/json", body: Buffer.from(JSON.stringify(content)) };
}

/** Answers with a refusal. @returns how many bytes its body has */
export function refuse(
  response: ServerResponse,
  refusal: Refusal,
  format: ProviderFormat,
  closes: boolean,
): number {
  const { type, body } = refusalBody(refusal, format);
  const headers: Record<string, string | number> = {
    "content-type": type,
    "content-length": body.length,
    "x-forage-bridge": refusal.rule,
  };
  if (refusal.retryAfterSeconds !== undefined) headers["retry-after"] = refusal.retryAfterSeconds;
  if (closes) headers["connection"] = "close";
  // Of RFC 9110, section 15.5.22: what a client may upgrade to.
  if (refusal.status === 426) headers["upgrade"] = "HTTP/1.1";
  response.writeHead(refusal.status, headers);
  response.end(body);
  return body.length;
}
