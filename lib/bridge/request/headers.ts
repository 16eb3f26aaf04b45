import type { IncomingMessage } from "node:http";
import { CREDENTIAL_HEADERS, HEADERS_BETWEEN_NEIGHBOURS } from "../../schema/bridge-names.ts";

/** The client's own credentials, whoever they are for. */
const CREDENTIALS = [...CREDENTIAL_HEADERS, "api-key", "proxy-authorization"];

const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  ...HEADERS_BETWEEN_NEIGHBOURS,
  ...CREDENTIALS,
  "host",
  // Node has answered it.
  "expect",
  // What is counted in an answer has to be readable.
  "accept-encoding",
  "content-length",
  "forwarded",
  "via",
  "x-real-ip",
]);

/** Header names and values in turn. */
export type HeaderList = string[];

/** What is done with the headers of every request to one provider. */
export interface HeaderRules {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: ReadonlySet<string>;
}

/** A client's headers without what is its own, and with what the rules say; the credential is not among them yet. */
export function passedHeaders(request: IncomingMessage, { set, remove }: HeaderRules): HeaderList {
  const { rawHeaders } = request;
  const named = optionsIn(request.headers.connection);
  const passed: HeaderList = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase();
    // Some servers see no difference between these and the ones with hyphens.
    if (name.includes("_") && CREDENTIALS.includes(name.replaceAll("_", "-"))) continue;
    if (
      NOT_PASSED_ON.has(name) ||
      remove.has(name) ||
      set.has(name) ||
      named?.has(name) ||
      name.startsWith("x-forwarded-")
    )
      continue;
    passed.push(name, rawHeaders[at + 1] as string);
  }
  for (const [name, value] of set) passed.push(name, merged(name, value, request));
  passed.push("accept-encoding", "identity");
  return passed;
}

/** Headers that a `connection` header names are for us alone. */
function optionsIn(connection: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === "keep-alive") return undefined;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(/[\s,]+/),
  );
}

/** A list of betas holds those of the client as well. */
function merged(name: string, value: string, { headers }: IncomingMessage): string {
  const own = headers[name];
  if (name !== "anthropic-beta" || typeof own !== "string" || own === "") return value;
  const all = new Set([...own.split(","), ...value.split(",")].map((one) => one.trim()));
  return [...all].join(",");
}

const NOT_PASSED_BACK: ReadonlySet<string> = new Set([
  ...HEADERS_BETWEEN_NEIGHBOURS,
  "proxy-authenticate",
  // The account's, not the client's.
  "set-cookie",
  "alt-svc",
  "strict-transport-security",
]);

// What Node refuses to send.
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** A provider's headers without what is for us alone. */
export function passedBackHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  const named = optionsIn(headers["connection"]);
  for (const name in headers) {
    if (NOT_PASSED_BACK.has(name) || named?.has(name)) continue;
    const value = headers[name];
    if (value === undefined) continue;
    if (
      typeof value === "string" ? UNSENDABLE.test(value) : value.some((one) => UNSENDABLE.test(one))
    )
      continue;
    passed[name] = value;
  }
  return passed;
}
