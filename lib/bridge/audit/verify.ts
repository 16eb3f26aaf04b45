import { setTimeout as sleep } from "node:timers/promises";
import { filesOf, openChain } from "./chain.ts";
import { wholeLines } from "./chunks.ts";
import { readHead } from "./head.ts";
import type { Mark } from "./line.ts";
import { type AuditFault, type LinkChecker, linkChecker } from "./links.ts";
import { currentFile, headFile } from "./names.ts";
import { logsIn, unreadable } from "./problems.ts";

/** What was checked, and what is wrong. */
export interface AuditCheck {
  readonly logs: readonly CheckedLog[];
  /** The first thousand of each log. */
  readonly faults: readonly AuditFault[];
}

/** The log of one worker. */
export interface CheckedLog {
  readonly name: string;
  readonly files: number;
  readonly lines: number;
  /** The number of its first line: those before it were removed because they were old, unless it is 1. */
  readonly from: number | undefined;
  /** Its last line. Who keeps this elsewhere can tell whether all lines up to it are still as they were. */
  readonly end: Mark | undefined;
  readonly firstTime: string | undefined;
  readonly lastTime: string | undefined;
  /** How many calls are not in it, as it says itself, because it could not be written. */
  readonly dropped: number;
}

type Counted = { -readonly [K in keyof CheckedLog]: CheckedLog[K] };

const MOST_FAULTS = 1000;
/** Far longer than it takes to write some lines. */
const WRITING_MS = 100;

/**
 * Checks the logs in a directory, line by line: whether any has been changed, or is missing. They may be written meanwhile.
 *
 * @throws ForageError `file` when there are none, or they cannot be read
 */
export async function verifyAudit(directory: string): Promise<AuditCheck> {
  const faults: AuditFault[] = [];
  const logs: CheckedLog[] = [];
  for (const name of await logsIn(directory)) {
    const found: AuditFault[] = [];
    const report = (fault: AuditFault) => {
      if (found.length < MOST_FAULTS) found.push(fault);
    };
    logs.push(await verifyLog(directory, name, report).catch(unreadable(directory)));
    faults.push(...found);
  }
  return { logs, faults };
}

async function verifyLog(
  directory: string,
  name: string,
  report: (fault: AuditFault) => void,
): Promise<CheckedLog> {
  // First: what is written from now on may make it no longer true.
  const head = await readHead(headFile(directory, name));
  if (typeof head === "string")
    report({ file: headFile(directory, name), what: head === "missing" ? "missing" : "not JSON" });
  const checker = linkChecker(typeof head === "string" ? undefined : head, report);
  const counted: Counted = {
    name,
    files: 0,
    lines: 0,
    from: undefined,
    end: undefined,
    firstTime: undefined,
    lastTime: undefined,
    dropped: 0,
  };
  let next = { file: currentFile(directory, name), line: 1 };
  const chain = await openChain(directory, name);
  for await (const { file, handle, followsRemoved } of filesOf(directory, name, chain)) {
    if (followsRemoved) checker.restart();
    const { lines, end } = await checkLines(file, wholeLines(handle), checker, counted);
    next = { file, line: lines + 1 };
    counted.files++;
    counted.lines += lines;
    const { size } = await handle.stat();
    if (size > end && (await staysHalf(handle, end))) report({ ...next, what: "half-written" });
  }
  checker.end(next);
  return { ...counted, end: checker.last() };
}

async function checkLines(
  file: string,
  chunks: ReturnType<typeof wholeLines>,
  checker: LinkChecker,
  counted: Counted,
): Promise<{ readonly lines: number; readonly end: number }> {
  let lines = 0;
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return { lines, end: value };
    for (const text of value) {
      lines++;
      const entry = checker.line(text, { file, line: lines });
      if (entry === undefined) continue;
      counted.from ??= entry.seq;
      counted.firstTime ??= entry.time;
      counted.lastTime = entry.time;
      if ("dropped" in entry) counted.dropped += entry.dropped;
    }
  }
}

/** Whether a line is not finished, or taken back, even when its writer has had the time. */
async function staysHalf(
  handle: Parameters<typeof wholeLines>[0],
  start: number,
): Promise<boolean> {
  await sleep(WRITING_MS);
  const more = await wholeLines(handle, start).next();
  return more.done === true && (await handle.stat()).size > start;
}
