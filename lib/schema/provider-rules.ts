import type { Diagnostic, Path } from "../error.ts";
import { fieldOf, type Member, membersOf } from "./members.ts";
import { isRecord } from "./parts.ts";
import { ALLOWED_BY_FORMAT, isProviderName, PROVIDERS } from "./providers.ts";
import { show } from "./show.ts";

// Like rules.ts, these read what a caller passed.

/** What a provider's fields say together. */
export function checkProvider(provider: unknown, path: Path): Diagnostic[] {
  if (!isRecord(provider)) return [];
  const { upstream, header, scheme, user, format, allow, allowHttp } = provider;
  const found: Diagnostic[] = [];
  if (typeof upstream === "string" && upstream.startsWith("http:") && allowHttp !== true)
    found.push({
      path: [...path, "upstream"],
      message: "the key would be sent unencrypted: the address is no https one",
      hint: 'write "https://…", or allowHttp: true where nobody can listen',
    });
  if (user !== undefined && scheme !== "Basic")
    found.push({
      path: [...path, "user"],
      message: 'only the scheme "Basic" has a user\'s name',
      hint: 'write scheme: "Basic", or leave it out',
    });
  if (allow === undefined && isFormat(format) && ALLOWED_BY_FORMAT[format] === undefined)
    found.push({
      path: [...path, "allow"],
      message: `is missing: nobody knows the paths of an API of the format ${show(format)}`,
      hint: 'write what may be asked of it, such as ["GET /v1/models", "POST /v1/**"]',
    });
  for (const [, at, name] of membersOf(provider["headers"], [...path, "headers"]))
    if (name === header)
      found.push({
        path: at,
        message: `the header ${show(name)} carries the key`,
        hint: "leave it out: the bridge sets it",
      });
  return found;
}

function isFormat(format: unknown): format is keyof typeof ALLOWED_BY_FORMAT {
  return typeof format === "string" && Object.hasOwn(ALLOWED_BY_FORMAT, format);
}

/** The headers that credentials are in. */
export function headersOf(credentials: readonly Member[]): ReadonlySet<string> {
  const headers = credentials.map(([credential]) => {
    const provider = fieldOf(credential, "provider");
    return isProviderName(provider) ? PROVIDERS[provider].header : fieldOf(provider, "header");
  });
  return new Set(headers.filter((header) => typeof header === "string"));
}
