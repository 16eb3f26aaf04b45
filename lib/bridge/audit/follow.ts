import { type FileHandle, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { ifThere } from "../../files/if-there.ts";
import { filesOf, openChain } from "./chain.ts";
import { wholeLines } from "./chunks.ts";
import { type AuditFilter, matcher } from "./filter.ts";
import { type AuditEntry, readLine } from "./line.ts";
import { type Aside, currentFile, logNames } from "./names.ts";
import { inOrder } from "./order.ts";
import { unreadable } from "./problems.ts";
import type { AuditPosition } from "./tail.ts";

const POLL_MS = 200;

/** How much of a log has been read. */
interface Reading {
  lastSeq: number;
  /** The file that was read last, whatever it is called by now, and how much of it. */
  file: string | undefined;
  offset: number;
}

/**
 * The calls that come after a position, until the signal ends it. Files that are put aside meanwhile, and workers that are
 * new, change nothing.
 *
 * @throws ForageError `file` when the log cannot be read
 */
export async function* followAudit(
  directory: string,
  filter: AuditFilter,
  position: AuditPosition,
  signal?: AbortSignal,
): AsyncGenerator<AuditEntry, void, undefined> {
  const isWanted = matcher(filter);
  const readings = new Map<string, Reading>();
  while (signal?.aborted !== true) {
    const entries: AuditEntry[] = [];
    for (const name of await logNames(directory).catch(unreadable(directory))) {
      const lastSeq = position.get(name) ?? 0;
      const reading = readings.get(name) ?? { lastSeq, file: undefined, offset: 0 };
      readings.set(name, reading);
      for await (const entry of newEntries(directory, name, reading))
        if (isWanted(entry)) entries.push(entry);
    }
    yield* inOrder(entries);
    await sleep(POLL_MS, undefined, signal && { signal }).catch(() => undefined);
  }
}

async function* newEntries(
  directory: string,
  name: string,
  reading: Reading,
): AsyncGenerator<AuditEntry, void, undefined> {
  try {
    if (await isAllRead(currentFile(directory, name), reading)) return;
    const { asides, current } = await openChain(directory, name);
    const chain = { asides: withLinesFrom(reading.lastSeq + 1, asides), current };
    for await (const { handle } of filesOf(directory, name, chain))
      for await (const entry of rest(handle, reading))
        if (entry.seq > reading.lastSeq) {
          reading.lastSeq = entry.seq;
          yield entry;
        }
  } catch (error) {
    unreadable(directory)(error);
  }
}

async function isAllRead(file: string, { file: last, offset }: Reading): Promise<boolean> {
  const status = await ifThere(stat(file));
  return status !== undefined && identity(status) === last && status.size === offset;
}

/** Files whose successor begins with that line or an earlier one have only earlier ones. */
function withLinesFrom(seq: number, asides: readonly Aside[]): Aside[] {
  return asides.filter((_, index) => (asides[index + 1]?.firstSeq ?? seq + 1) > seq);
}

/** What has not been read of a file. */
async function* rest(
  handle: FileHandle,
  reading: Reading,
): AsyncGenerator<AuditEntry, void, undefined> {
  const file = identity(await handle.stat());
  if (file !== reading.file) Object.assign(reading, { file, offset: 0 });
  for await (const lines of wholeLines(handle, reading.offset))
    for (const line of lines) {
      reading.offset += line.length;
      const entry = readLine(line);
      if (entry !== undefined) yield entry;
    }
}

/** The number of a file that is gone may be given to a new one. */
function identity({ ino, birthtimeMs }: { ino: number; birthtimeMs: number }): string {
  return `${ino} ${birthtimeMs}`;
}
