import { thrownText } from "../files/thrown.ts";
import type { Exchange } from "./exchange.ts";
import type { HookResponseAnswer, Hooks } from "./hooks.ts";
import type { Refusal } from "./refusal.ts";
import { HOOK_FAILED } from "./refusals.ts";
import { checkBody } from "./request/body.ts";
import type { Body } from "./request/incoming.ts";
import type { Route } from "./route.ts";

interface Asked {
  readonly headers: string[];
  readonly body: Body;
}

interface Asking {
  readonly hooks: Hooks;
  readonly warn: (message: string) => void;
}

/** Asks the user's hook about a request, and does what it says; a body of its own has to keep the policy as well. */
export async function askHook(
  { hooks, warn }: Asking,
  exchange: Exchange,
  route: Route,
  { path, query, headers, body }: Asked & { readonly path: string; readonly query: string },
): Promise<Asked | Refusal> {
  const { sandbox, request } = exchange;
  try {
    const answer = await hooks.onRequest?.({
      sandbox,
      credential: route.backend.name,
      method: request.method ?? "",
      path,
      query,
      headers: Object.fromEntries(pairs(headers)),
      body: Buffer.isBuffer(body) ? body : undefined,
    });
    if (answer === undefined || answer === null) return { headers, body };
    if ("deny" in answer)
      return { status: answer.status ?? 403, rule: "hook", message: answer.deny };
    exchange.decision = "modified";
    exchange.rule = "hook";
    const changed = changedHeaders(headers, answer.headers ?? {});
    if (answer.body === undefined) return { headers: changed, body };
    const own = Buffer.from(answer.body as Uint8Array);
    if (!route.looksAtBodies) return { headers: changed, body: own };
    const checked = checkBody(route.body, path, own);
    return checked.kind === "refused" ? checked.refusal : { headers: changed, body: checked.body };
  } catch (error) {
    warn(`a hook failed on a request of ${sandbox}: ${thrownText(error)}`);
    return HOOK_FAILED;
  }
}

/** Asks it about an answer. */
export function askResponseHook(
  { hooks, warn }: Asking,
  { sandbox, request, path }: Exchange,
  route: Route,
  status: number,
  headers: Readonly<Record<string, string | string[]>>,
): HookResponseAnswer {
  try {
    return hooks.onResponse?.({
      sandbox,
      credential: route.backend.name,
      method: request.method ?? "",
      path,
      status,
      headers,
    });
  } catch (error) {
    warn(`a hook failed on an answer to ${sandbox}: ${thrownText(error)}`);
    return { deny: HOOK_FAILED.message, status: HOOK_FAILED.status };
  }
}

function* pairs(list: readonly string[]): Generator<[string, string]> {
  for (let at = 0; at < list.length; at += 2) yield [list[at] as string, list[at + 1] as string];
}

function changedHeaders(
  headers: readonly string[],
  changes: Readonly<Record<string, string | null>>,
): string[] {
  const own = new Map(Object.entries(changes).map(([name, value]) => [name.toLowerCase(), value]));
  const kept = [...pairs(headers)].filter(([name]) => !own.has(name));
  const set = [...own].flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  return [...kept, ...set].flat();
}
