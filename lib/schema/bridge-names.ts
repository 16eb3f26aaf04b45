import { PROVIDERS } from "./providers.ts";
import { show } from "./show.ts";
import { example, type NumberRule, type TextRule } from "./text-rule.ts";

const CREDENTIAL_NAME_MAX = 64;

/** A name that is a file's, and a segment of the URLs that agents ask for. */
export const credentialName: TextRule = [
  {
    pattern: new RegExp(`^[a-z0-9][a-z0-9-]{0,${CREDENTIAL_NAME_MAX - 1}}$`),
    problem: (name) => ({
      message: `${show(name)} cannot name a credential of the bridge, which is part of URLs: 1 to ${CREDENTIAL_NAME_MAX} of a-z, 0-9 and -, not starting with "-"`,
      hint: example(
        name
          .toLowerCase()
          .replace(/[^a-z0-9]+/g, "-")
          .replace(/^-+|-+$/g, ""),
        CREDENTIAL_NAME_MAX,
        "rename it",
      ),
    }),
  },
];

const AN_UPSTREAM = 'write one such as "https://api.example.com"';

/** Where a provider's API is. Whether it may be http is another field's to say. */
export const upstreamUrl: TextRule = [
  {
    not: /[?#]/,
    problem: (url) => ({
      message: `${show(url)} has a query or a fragment, which only requests have`,
      hint: AN_UPSTREAM,
    }),
  },
  {
    not: /@/,
    problem: () => ({
      message: "the address has a user's name or a password in it",
      hint: 'put the password in a file on the host and name that file under "secrets"',
    }),
  },
  {
    not: /\/$/,
    problem: (url) => ({
      message: `${show(url)} ends in "/", with which the path of each request starts`,
      hint: `write ${show(url.replace(/\/+$/, ""))}`,
    }),
  },
  {
    pattern:
      /^https?:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~-]+)*$/,
    problem: (url) => ({
      message: `${show(url)} is no address of an API: "https://", a host, and a port or a path if need be`,
      hint: AN_UPSTREAM,
    }),
  },
];

/** Headers that are between two neighbours and never passed on (RFC 9110, section 7.6.1). */
export const HEADERS_BETWEEN_NEIGHBOURS: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const HEADERS_OF_THE_BRIDGE = [
  ...HEADERS_BETWEEN_NEIGHBOURS,
  ...["content-length", "expect", "host", "proxy-authenticate", "proxy-authorization"],
].toSorted();

/** A header that may be set, removed, or carry a key. */
export const headerName: TextRule = [
  {
    pattern: /^[a-z0-9!#$%&'*+.^_`|~-]+$/,
    problem: (name) => ({
      message: `${show(name)} cannot name a header: lower-case letters, digits and ! # $ % & ' * + . ^ _ \` | ~ -`,
      hint: 'write one such as "x-api-key"',
    }),
  },
  {
    not: new RegExp(`^(?:${HEADERS_OF_THE_BRIDGE.join("|")})$`),
    problem: (name) => ({
      message: `${show(name)} is about one connection or one request, and the bridge's own to say`,
      hint: "leave it out",
    }),
  },
];

/** Headers that carry somebody's credentials. */
export const CREDENTIAL_HEADERS: readonly string[] = [
  ...new Set([...Object.values(PROVIDERS).map(({ header }) => header), "cookie"]),
];

/** A header that is set for every request. */
export const plainHeaderName: TextRule = [
  ...headerName,
  {
    not: new RegExp(`^(?:${CREDENTIAL_HEADERS.join("|")})$`),
    problem: (name) => ({
      message: `${show(name)} carries credentials, and a definition holds none`,
      hint: 'name it as the "header" of a provider, and the secret under "secrets"',
    }),
  },
];

export const headerValue: TextRule = [
  {
    // A line break in it would begin another header.
    pattern: /^[ -~]*$/,
    problem: (value) => ({
      message: `${show(value)} cannot be a header's value: printable ASCII characters, and no line break`,
      hint: "write it on one line, and encode what is no ASCII",
    }),
  },
];

const SEGMENT = "(?!\\.{1,2}(?:/|$))[A-Za-z0-9._~!$&'()+,;=:@%-]";

/** A method and a path of a provider's API. */
export const allowedRequest: TextRule = [
  {
    not: /\*\*[^/]*\/|[^/]\*\*|\*\*[^/]+$/,
    problem: (text) => ({
      message: `${show(text)} has "**" where no path ends: it stands for all the segments that are left`,
      hint: 'write "*" for the characters of one segment',
    }),
  },
  {
    pattern: new RegExp(
      `^(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /(?:(?:${SEGMENT}|\\*)+/)*(?:(?:${SEGMENT}|\\*)+)?$`,
    ),
    problem: (text) => ({
      message: `${show(text)} is no request: a method in capitals, a space, and a path without "." or ".." in which "*" stands for characters of one segment`,
      hint: 'write one such as "POST /v1/messages" or "GET /repos/**"',
    }),
  },
  {
    not: /\/\/|.\/$/,
    problem: (text) => ({
      message: `${show(text)} has an empty segment: a doubled "/", or one at the end`,
      hint: `write ${show(text.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1"))}`,
    }),
  },
];

/** A model's name, in which `*` stands for any characters. */
export const modelName: TextRule = [
  {
    pattern: /^[!-~]{1,200}$/,
    problem: (name) => ({
      message: `${show(name)} is no model's name: printable ASCII characters without a space`,
      hint: 'write one such as "claude-sonnet-*"',
    }),
  },
];

/** The user's name that goes with a token, in HTTP's Basic scheme. */
export const basicUser: TextRule = [
  {
    pattern: /^[!-9;-~]{1,64}$/,
    problem: (name) => ({
      message: `${show(name)} cannot be the user's name of a Basic credential: printable ASCII characters without ":"`,
      hint: 'write "x-access-token" for GitHub',
    }),
  },
];

/** A Redis server. */
export const redisUrl: TextRule = [
  {
    not: /@/,
    problem: () => ({
      message: "the address has a user's name or a password in it",
      hint: "let the server trust the bridge's host: what a definition holds everyone can read",
    }),
  },
  {
    pattern: /^rediss?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[0-9]+)?$/,
    problem: (url) => ({
      message: `${show(url)} is no address of a Redis server: "redis://" or "rediss://", a host, and a port or a number if need be`,
      hint: 'write one such as "redis://127.0.0.1:6379"',
    }),
  },
];

/** A module with hooks, beside the configuration. */
export const hooksFile: TextRule = [
  {
    pattern: /^\.\.?(?:\/[a-zA-Z0-9._+-]+)+\.[cm]?[jt]s$/,
    problem: (file) => ({
      message: `${show(file)} is no module of hooks: a path that starts with "./" or "../" and ends in .js, .mjs or .ts`,
      hint: 'write a path beside the configuration, such as "./hooks.ts"',
    }),
  },
];

/** A whole number from one to another. */
export function wholeNumber(what: string, minimum: number, maximum: number): NumberRule {
  const range =
    maximum === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${minimum}`
      : `a whole number from ${minimum} to ${maximum}`;
  return {
    minimum,
    maximum,
    problem: (value) => ({
      message: `${value} cannot be ${what}: ${range}`,
      hint: `write ${Math.min(maximum, Math.max(minimum, Math.round(value) || minimum))}`,
    }),
  };
}

/** A port that needs no rights. */
export const PORT: NumberRule = wholeNumber("a port", 1024, 65_535);
