import { z } from "zod";
import {
  allowedRequest,
  basicUser,
  headerName,
  headerValue,
  plainHeaderName,
  upstreamUrl,
} from "./bridge-names.ts";
import type { Provider, ProviderFormat } from "./bridge-types.ts";
import { fields, record, text } from "./parts.ts";
import { bridgePath } from "./paths.ts";
import { ALLOWED_BY_FORMAT, PROVIDER_NAMES, PROVIDERS, USER_OF_TOKENS } from "./providers.ts";

const FORMATS = Object.keys(ALLOWED_BY_FORMAT) as ProviderFormat[];
const SCHEMES = ["Bearer", "Basic", "token"] as const satisfies Provider["scheme"][];

export const allowed: z.ZodType<readonly string[]> = z.array(text(allowedRequest)).readonly();

/** Headers with their values. */
export const headers: z.ZodType<Readonly<Record<string, string>>> = record(
  plainHeaderName,
  text(headerValue),
);

const custom: z.ZodType<Provider> = fields({
  upstream: text(upstreamUrl).describe(
    "Its origin, and the path that everything there begins with.",
  ),
  header: text(headerName).describe("The header that carries the key, in lower case."),
  scheme: z
    .enum(SCHEMES)
    .optional()
    .describe('What stands in front of the key; by default "Bearer" for the header authorization.'),
  user: text(basicUser)
    .optional()
    .describe(`The user's name, for the scheme "Basic"; by default "${USER_OF_TOKENS}".`),
  format: z
    .enum(FORMATS)
    .describe("How it writes errors, and where it says how many tokens a call took."),
  allow: allowed
    .optional()
    .describe(
      'What may be asked of it, such as "POST /v1/messages"; by default what the format\'s API documents.',
    ),
  headers: headers
    .prefault({})
    .describe("Headers that every request gets, in place of the client's."),
  ca: text(bridgePath)
    .optional()
    .describe("A file of the host with the certificates that its own is checked against."),
  allowPrivateAddress: z
    .boolean()
    .default(false)
    .describe("Whether it may be at a private or link-local address."),
  allowHttp: z.boolean().default(false).describe("Whether the key may be sent to it unencrypted."),
}).transform(({ upstream, header, scheme, user, format, allow, headers, ca, ...rest }) => {
  const used = scheme ?? (header === "authorization" ? "Bearer" : undefined);
  return Object.freeze({
    upstream,
    header,
    scheme: used,
    user: used === "Basic" ? (user ?? USER_OF_TOKENS) : undefined,
    format,
    // That there is one is checked in bridge-rules.ts.
    allow: allow ?? ALLOWED_BY_FORMAT[format] ?? [],
    headers,
    ca,
    ...rest,
  });
});

const known = z.enum(PROVIDER_NAMES).transform((name) => PROVIDERS[name]);

/** A provider, or the name of a known one. */
export const providerSchema: z.ZodType<Provider> = z.union([custom, known]);
