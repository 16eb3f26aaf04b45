/** A request that no client sends in good faith. */
export interface Hostile {
  readonly what: string;
  readonly bytes: string | Buffer;
  /** The first answer's status, where there is to be one @default 400 */
  readonly status?: number | readonly number[];
}

const POST = "POST /any/api/x HTTP/1.1\r\nhost: h\r\n";
const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nhost: h\r\n${headers}\r\n`;
const SMUGGLED = "GET /any/api/smuggled HTTP/1.1\r\nhost: h\r\n\r\n";
const CHUNKED = `0\r\n\r\n${SMUGGLED}`;

/** Where two readers might not agree on where a request ends. */
export const FRAMING: readonly Hostile[] = [
  ...[
    "content-length: 6\r\ntransfer-encoding: chunked",
    "transfer-encoding: chunked\r\ncontent-length: 6",
    "content-length: 0\r\nTransfer-Encoding : chunked",
    "transfer-encoding: xchunked",
    "transfer-encoding: chunked, identity",
    "transfer-encoding: chunked\r\ntransfer-encoding: identity",
    "transfer-encoding: identity, chunked, chunked",
    "transfer-encoding:\tchunked\r\ncontent-length: 5",
    "transfer-encoding: \u000bchunked",
    "transfer-encoding: \u0000chunked",
    "transfer-encoding: chunked\u0000",
    'transfer-encoding: "chunked"',
    "transfer-encoding\r\n : chunked",
    "x: y\r\n transfer-encoding: chunked\r\ncontent-length: 4",
    "transfer_encoding: chunked\r\ncontent-length: 4, 5",
    "content-length: 5\r\ncontent-length: 6",
    "content-length: 5\r\ncontent-length: 5",
    "content-length: 5, 5",
    "content-length: +5",
    "content-length: -5",
    "content-length: 0x5",
    "content-length: 5 5",
    "content-length: 1e1",
    "content-length: ",
    "content-length: 99999999999999999999",
    "content-length : 5",
    "content-length\t: 5",
    " content-length: 5",
  ].map((headers) => ({
    what: JSON.stringify(headers),
    bytes: `${POST}${headers}\r\n\r\n${CHUNKED}`,
    status: [400, 413],
  })),
  ...["g\r\n", "-1\r\n", "0x1\r\n", " 1\r\n", "1 \u0000\r\n", "\r\n", "fffffffffffffffff\r\n"].map(
    (size) => ({
      what: `a chunk's size ${JSON.stringify(size)}`,
      bytes: `${POST}transfer-encoding: chunked\r\n\r\n${size}`,
    }),
  ),
  {
    what: "a chunk that is longer than it says",
    bytes: `${POST}transfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`,
  },
];

/** Bytes that are no request of HTTP/1.1. */
export const SYNTAX: readonly Hostile[] = [
  { what: "bare CR in a header", bytes: get("/any/api/x", "a: b\rx-evil: c\r\n") },
  { what: "a folded header", bytes: get("/any/api/x", "a: b\r\n c\r\n"), status: [200, 400] },
  { what: "NUL in a header", bytes: get("/any/api/x", "a: b\0c\r\n") },
  { what: "NUL in a name", bytes: get("/any/api/x", "a\0b: c\r\n") },
  { what: "a header without a colon", bytes: get("/any/api/x", "abc\r\n") },
  { what: "a header without a name", bytes: get("/any/api/x", ": c\r\n") },
  { what: "a space in a name", bytes: get("/any/api/x", "a b: c\r\n") },
  { what: "HTTP/0.9", bytes: "GET /any/api/x\r\n\r\n" },
  { what: "HTTP/2's preface", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { what: "HTTP/9.9", bytes: "GET /any/api/x HTTP/9.9\r\nhost: h\r\n\r\n" },
  { what: "a method with a space", bytes: "GE T /any/api/x HTTP/1.1\r\nhost: h\r\n\r\n" },
  { what: "an unknown method", bytes: "SMUGGLE /any/api/x HTTP/1.1\r\nhost: h\r\n\r\n" },
  { what: "a method in lower case", bytes: "get /any/api/x HTTP/1.1\r\nhost: h\r\n\r\n" },
  { what: "TRACE", bytes: "TRACE /any/api/x HTTP/1.1\r\nhost: h\r\n\r\n", status: 403 },
  { what: "a TLS hello", bytes: Buffer.from("16030100a5010000a10303", "hex") },
  { what: "nonsense", bytes: "\x00\xff\xfe\r\n\r\n" },
  { what: "no Host", bytes: "GET /any/api/x HTTP/1.1\r\n\r\n" },
  { what: "two Hosts", bytes: get("/any/api/x", "Host: evil\r\n") },
  { what: "two Hosts that are the same", bytes: get("/any/api/x", "host: h\r\n") },
  {
    what: "HTTP/1.0 without Host",
    bytes: "GET /any/api/x HTTP/1.0\r\n\r\n",
  },
  {
    what: "a header of 70 kB",
    bytes: get("/any/api/x", `a: ${"b".repeat(70_000)}\r\n`),
    status: 431,
  },
  { what: "12,000 headers", bytes: get("/any/api/x", "a: b1234\r\n".repeat(12_000)), status: 431 },
  { what: "a path of 70 kB", bytes: get(`/any/api/${"b".repeat(70_000)}`), status: 431 },
];

/** Targets that lead elsewhere, or might for some reader. */
export const TARGETS: readonly Hostile[] = [
  ...[
    "http://evil.test/any/api/x",
    "https://evil.test",
    "HTTP://h/any/api/x",
    "/any/api/../x",
    "/any/../other/api/x",
    "/any/./api",
    "/any/..",
    "/..",
    "/any/%2e%2e/x",
    "/any/%2E./x",
    "/any/.%2e/x",
    "/any/api/..%2fx",
    "/any/api%2fx",
    "/any/api%2Fx",
    "/any/%252e%252e/x",
    "/any/api%252fx",
    "/any/api%25252fx/%252525",
    "/any/api%5cx",
    "/any/api\\x",
    "/any/..\\x",
    "//any/api/x",
    "/any//api/x",
    "/any/api//x",
    "//evil.test/any/api/x",
    "/any/api/..;/x",
    "/any/api/.;x=1/x",
    "/any/api/%2e%2e%3bx/x",
    "/any/api%00/x",
    "/any/api%0d%0ax-evil:1/x",
    "/any/api%250a/x",
    "/any/api/%",
    "/any/api/%zz",
    "/any/api/%c0%ae%c0%ae/x",
    "/any/api/%ff",
    "/any/api/x#fragment",
    "/any/api/x?a=<b>",
    "/",
    "/any%2f",
    "/any;x",
    "*",
    "any/api/x",
    "?a",
    "/any/api/x\u00e9",
    "/any/api/\u007f",
    "/any@evil.test/api/x",
    "/any:80/api/x",
    "/ANY/api/x",
    "/any%20/api/x",
    "/%61ny/api/x",
    "/other/api/x",
    "/constructor/api/x",
    "/__proto__/api/x",
  ].map((target) => ({ what: target, bytes: get(target), status: [400, 404] })),
  { what: "a space in the path", bytes: get("/any/api/x y") },
  { what: "a line break in the path", bytes: get("/any/api/x\r\nx-evil: 1") },
  {
    what: "CONNECT",
    bytes: "CONNECT evil.test:443 HTTP/1.1\r\nhost: evil.test:443\r\n\r\n",
    status: 405,
  },
  {
    what: "CONNECT to the provider",
    bytes: "CONNECT any HTTP/1.1\r\nhost: any\r\n\r\n",
    status: 405,
  },
  { what: "OPTIONS *", bytes: "OPTIONS * HTTP/1.1\r\nhost: h\r\n\r\n" },
  ...["websocket", "WebSocket, h2c", "websocket/13"].map((protocol) => ({
    what: `an upgrade to ${protocol}`,
    bytes: get("/any/api/x", `connection: upgrade\r\nupgrade: ${protocol}\r\n`),
    status: 426,
  })),
];

/** Headers by which a client might show a key of its own. */
export const CREDENTIAL_HEADERS: readonly string[] = [
  "x-api-key",
  "X-Api-Key",
  "x_api_key",
  "api-key",
  "authorization",
  "AUTHORIZATION",
  "proxy-authorization",
  "x-goog-api-key",
  "X_Goog_Api_Key",
  "cookie",
  "x-own-key",
  "x-forwarded-for",
  "x-forwarded-host",
  "forwarded",
  "x-real-ip",
  "via",
];

export const KEY_QUERIES: readonly string[] = [
  "key=C",
  "KEY=C",
  "k%65y=C",
  "%6B%65%79=C",
  "k%2565y=C",
  "+key=C",
  "key%20=C",
  "key%00=C",
  "key[]=C",
  "$key=C",
  "%24key=C",
  "a=1;key=C",
  "api_key=C",
  "api-key=C",
  "apiKey=C",
  "access_token=C",
  "oauth_token=C",
  "Access_Token=C&key=C",
];
