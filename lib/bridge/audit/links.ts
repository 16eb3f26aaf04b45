import { type AuditEntry, type Mark, readLine, sha256 } from "./line.ts";

interface Place {
  readonly file: string;
  /** Counted from 1; not there for what is wrong with a file as a whole. */
  readonly line?: number | undefined;
}

/** Something that is wrong with a log. */
export interface AuditFault extends Place {
  readonly what: "changed" | "missing" | "half-written" | "not JSON";
  /** How many lines are missing, at that place. */
  readonly missing?: number;
}

export interface LinkChecker {
  /** Takes the next line. */
  readonly line: (line: Buffer, place: Place) => AuditEntry | undefined;
  /** What follows may begin anywhere. */
  readonly restart: () => void;
  /** After the last line; whatever would come next has this place. */
  readonly end: (place: Place) => void;
  readonly last: () => Mark | undefined;
}

/** Checks that each line is followed by the one that names it, up to where the head says that the log goes. */
export function linkChecker(
  head: Mark | undefined,
  report: (fault: AuditFault) => void,
): LinkChecker {
  let last: (Mark & { readonly place: Place }) | undefined;
  /** Lines since the last that could be read. */
  let unread = 0;

  const line = (text: Buffer, place: Place) => {
    const entry = readLine(text);
    if (entry === undefined) {
      unread++;
      report({ ...place, what: "not JSON" });
      return undefined;
    }
    const hash = sha256(text);
    if (last !== undefined) checkLink(last, entry, place);
    if (entry.seq === head?.seq && hash !== head.hash) report({ ...place, what: "changed" });
    last = { seq: entry.seq, hash, place };
    unread = 0;
    return entry;
  };

  const checkLink = (before: Mark & { readonly place: Place }, after: AuditEntry, at: Place) => {
    const missing = after.seq - before.seq - unread - 1;
    if (missing > 0) report({ ...at, what: "missing", missing });
    else if (unread > 0) return;
    else if (missing < 0) report({ ...at, what: "changed" });
    // It may be the hash that was changed, but then the line after this one says so.
    else if (after.prev !== before.hash) report({ ...before.place, what: "changed" });
  };

  const end = (place: Place) => {
    const missing = (head?.seq ?? 0) - (last?.seq ?? 0) - unread;
    if (missing > 0) report({ ...place, what: "missing", missing });
  };

  const restart = () => {
    last = undefined;
    unread = 0;
  };

  return { line, restart, end, last: () => last && { seq: last.seq, hash: last.hash } };
}
