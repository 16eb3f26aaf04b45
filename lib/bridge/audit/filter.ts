import type { Decision } from "../call.ts";
import { glob } from "../request/allowed.ts";
import type { AuditEntry } from "./line.ts";

/** Which calls are wanted: those to which all of it applies. */
export interface AuditFilter {
  readonly sandbox?: string | undefined;
  readonly credential?: string | undefined;
  /** The provider's host. */
  readonly provider?: string | undefined;
  readonly decision?: Decision | undefined;
  /** The model's name, in which `*` stands for any characters. */
  readonly model?: string | undefined;
  /** Calls that began then or later. */
  readonly since?: Date | undefined;
  /** Calls that began before that. */
  readonly until?: Date | undefined;
}

/** Whether an entry is wanted. Of calls that were dropped only the time is known: each of them may be one that is wanted. */
export function matcher(filter: AuditFilter): (entry: AuditEntry) => boolean {
  const { sandbox, credential, provider, decision } = filter;
  const model = filter.model === undefined ? undefined : glob(filter.model);
  const since = filter.since?.toISOString() ?? "";
  const until = filter.until?.toISOString();
  return (entry) => {
    if (entry.time < since || (until !== undefined && entry.time >= until)) return false;
    if ("dropped" in entry) return true;
    return (
      (sandbox === undefined || entry.sandbox === sandbox) &&
      (credential === undefined || entry.credential === credential) &&
      (provider === undefined || entry.provider === provider) &&
      (decision === undefined || entry.decision === decision) &&
      (model === undefined || (entry.model !== undefined && model.test(entry.model)))
    );
  };
}

/** Whether a file that was put aside at a time may have entries that are wanted: each began before that. */
export function mayHave({ since }: AuditFilter): (file: { readonly time: string }) => boolean {
  const first = since?.toISOString() ?? "";
  return ({ time }) => time >= first;
}
