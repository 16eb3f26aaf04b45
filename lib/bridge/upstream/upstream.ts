import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { type Dispatcher, Pool } from "undici";
import { ForageError } from "../../error.ts";
import { reason } from "../../files/reason.ts";
import type { Provider } from "../../schema/bridge-types.ts";
import { bareHost, isPublic, publicLookup } from "./addresses.ts";

/** The one host and port that a credential is for. */
export interface Upstream {
  readonly origin: string;
  readonly host: string;
  /** What every path there begins with; empty, or with a slash at its start. */
  readonly basePath: string;
  /** Why nothing may be sent to it. */
  readonly problem: string | undefined;
  readonly dispatcher: Dispatcher;
  readonly close: () => Promise<void>;
}

const CONNECT_MS = 10_000;
/** Longer, and a provider has closed what we are about to use. */
const KEEP_ALIVE_MS = 15_000;

/** @throws ForageError `host` when the provider's certificates cannot be read */
export function openUpstream(provider: Provider, idleSeconds: number): Upstream {
  const url = new URL(provider.upstream);
  const { protocol, hostname, pathname, origin, host } = url;
  const literal = bareHost(hostname);
  const idle = idleSeconds * 1000;
  const pool = new Pool(origin, {
    // A sandbox that holds many is not to leave the others without; what it may hold is limited where it comes in.
    connections: null,
    pipelining: 1,
    allowH2: protocol === "https:",
    headersTimeout: idle,
    bodyTimeout: idle,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: 65_536,
    connect: {
      timeout: CONNECT_MS,
      ...(provider.allowPrivateAddress ? {} : { lookup: publicLookup }),
      ...(provider.ca === undefined ? {} : { secureContext: trusting(provider.ca) }),
    },
  });
  return {
    origin,
    host,
    basePath: pathname === "/" ? "" : pathname,
    problem: problemOf(provider, protocol, literal),
    dispatcher: pool,
    close: () => pool.destroy(),
  };
}

/** Once for all connections: to read all of these certificates takes longer than a handshake. */
function trusting(file: string): SecureContext {
  try {
    return createSecureContext({ ca: [...rootCertificates, readFileSync(file, "utf8")] });
  } catch (error) {
    throw new ForageError(
      "host",
      [
        {
          path: [],
          message: `a provider's certificates cannot be read from ${file}: ${reason(error)}`,
          hint: "ca names a file with certificates in PEM",
        },
      ],
      { cause: error },
    );
  }
}

// The schema refuses these already; a key is not sent on its word alone.
function problemOf(provider: Provider, protocol: string, literal: string): string | undefined {
  if (protocol !== "https:" && !provider.allowHttp) return "it is not https";
  if (isIP(literal) !== 0 && !provider.allowPrivateAddress && !isPublic(literal))
    return "its address is private";
  return undefined;
}
