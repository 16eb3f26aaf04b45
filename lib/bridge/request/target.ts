/** What a request asks for: which credential's provider, and what there. */
export interface Target {
  readonly credential: string;
  /** Below the provider's address; starts with a slash. */
  readonly path: string;
  /** With its question mark, or empty; without what could be a key. */
  readonly query: string;
}

/** Names of query parameters that providers take a key from. */
const KEY_PARAMETERS: ReadonlySet<string> = new Set([
  "key",
  "api_key",
  "api-key",
  "apikey",
  "access_token",
  "oauth_token",
  "auth_token",
]);

// Visible ASCII, without what no path or query may have.
const SOUND = /^\/[!$-;=?-[\]_a-z~]*$/;

/**
 * Reads a request's target in the origin form of RFC 9112, section 3.2.1. What an upstream might read in another way than the
 * policy does is not taken.
 */
export function parseTarget(url: string): Target | undefined {
  if (!SOUND.test(url)) return undefined;
  const mark = url.indexOf("?");
  const whole = mark === -1 ? url : url.slice(0, mark);
  const slash = whole.indexOf("/", 1);
  // Agents open a connection by asking for their base URL itself.
  const end = slash === -1 ? whole.length : slash;
  if (end <= 1) return undefined;
  const path = whole.slice(end) || "/";
  if (!isPlain(path)) return undefined;
  return {
    credential: whole.slice(1, end),
    path,
    query: mark === -1 ? "" : withoutKeyParameters(url.slice(mark + 1)),
  };
}

/** Whether a path means the same to whoever decodes or normalises it, and to those who do not. */
function isPlain(path: string): boolean {
  if (path.includes("//")) return false;
  if (!path.includes(".") && !path.includes("%")) return true;
  return path.split("/").every(isPlainSegment);
}

function isPlainSegment(segment: string): boolean {
  let text = segment;
  // Some decode twice.
  for (let round = 0; round < 3; round++) {
    // Some servers cut off a parameter after the semicolon first: "..;".
    if (/^\.{1,2}(?:;|$)/.test(text)) return false;
    if (round > 0 && /[/\\\p{Cc}]/u.test(text)) return false;
    if (!text.includes("%")) return true;
    try {
      text = decodeURIComponent(text);
    } catch {
      return false;
    }
  }
  return false;
}

function withoutKeyParameters(query: string): string {
  const kept = query.split("&").filter((parameter) => {
    // Some servers take a semicolon for an ampersand.
    const names = parameter.split(";").map((one) => one.split("=", 1)[0] ?? "");
    return !names.some((name) => KEY_PARAMETERS.has(decoded(name)));
  });
  return kept.length === 0 || (kept.length === 1 && kept[0] === "") ? "" : `?${kept.join("&")}`;
}

function decoded(name: string): string {
  let text = name;
  // Some decode twice.
  for (let round = 0; round < 2; round++) {
    try {
      text = decodeURIComponent(text.replaceAll("+", " "));
    } catch {
      break;
    }
  }
  // Google takes its own parameters with a dollar sign too, and others lists: "key[]".
  return text.replaceAll(/^[\s$]+|\[.*$|[\s\p{Cc}]+$/gu, "").toLowerCase();
}
