import { type Chain, filesOf, openChain } from "./chain.ts";
import { wholeLines } from "./chunks.ts";
import { type AuditFilter, matcher, mayHave } from "./filter.ts";
import { type AuditEntry, readLine } from "./line.ts";
import { inOrder } from "./order.ts";
import { logsIn, unreadable } from "./problems.ts";

/** How much of each log has been read: the number of its last line. */
export type AuditPosition = ReadonlyMap<string, number>;

export interface AuditTail {
  readonly entries: readonly AuditEntry[];
  /** After what there was, for `followAudit`. */
  readonly position: AuditPosition;
}

interface LogTail {
  readonly entries: readonly AuditEntry[];
  readonly lastSeq: number;
}

/**
 * The last of the calls that are wanted, without reading files that are older than they.
 *
 * @throws ForageError `file` when there is no log, or it cannot be read
 */
export async function lastOfAudit(
  directory: string,
  filter: AuditFilter,
  count: number,
): Promise<AuditTail> {
  const position = new Map<string, number>();
  const tails: (readonly AuditEntry[])[] = [];
  for (const name of await logsIn(directory)) {
    const tail = await lastOfLog(directory, name, filter, count).catch(unreadable(directory));
    position.set(name, tail.lastSeq);
    tails.push(tail.entries);
  }
  return { entries: lastOf(inOrder(tails.flat()), count), position };
}

async function lastOfLog(
  directory: string,
  name: string,
  filter: AuditFilter,
  count: number,
): Promise<LogTail> {
  const { asides, current } = await openChain(directory, name);
  const newestFirst: Chain[] = [
    { asides: [], current },
    ...asides.toReversed().map((aside) => ({ asides: [aside], current: undefined })),
  ];
  const tails: (readonly AuditEntry[])[] = [];
  let missing = count;
  let lastSeq = 0;
  for (const part of newestFirst) {
    const isDone = missing <= 0 || !part.asides.every(mayHave(filter));
    if (isDone && lastSeq > 0) break;
    const tail = await lastOfFiles(directory, name, part, matcher(filter), missing);
    lastSeq ||= tail.lastSeq;
    missing -= tail.entries.length;
    tails.unshift(tail.entries);
  }
  return { lastSeq, entries: tails.flat() };
}

async function lastOfFiles(
  directory: string,
  name: string,
  chain: Chain,
  isWanted: (entry: AuditEntry) => boolean,
  count: number,
): Promise<LogTail> {
  let entries: AuditEntry[] = [];
  let lastSeq = 0;
  for await (const { handle } of filesOf(directory, name, chain))
    for await (const lines of wholeLines(handle)) {
      for (const line of lines) {
        const entry = readLine(line);
        if (entry === undefined) continue;
        lastSeq = entry.seq;
        if (isWanted(entry)) entries.push(entry);
      }
      entries = lastOf(entries, count);
    }
  return { lastSeq, entries };
}

function lastOf(entries: AuditEntry[], count: number): AuditEntry[] {
  return entries.length <= count ? entries : entries.slice(entries.length - count);
}
