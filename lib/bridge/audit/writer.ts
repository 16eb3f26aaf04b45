import { closeSync } from "node:fs";
import { reason } from "../../files/reason.ts";
import type { Call } from "../call.ts";
import { type CurrentFile, openCurrent, putAside, writeWhole } from "./current.ts";
import type { Head } from "./head.ts";
import { callLine, droppedLine, type Line } from "./line.ts";
import type { Recovered } from "./recover.ts";
import { removeOldest } from "./retention.ts";

export interface AuditOptions {
  readonly directory: string;
  /** Such as "audit-0", for the first worker. */
  readonly name: string;
  /** How large a file may be before it is put aside. */
  readonly maxBytes: number;
  /** How old it may be. */
  readonly maxHours: number;
  /** How many files that were put aside are kept. */
  readonly maxFiles: number;
}

/** What writes lines one after another, and keeps those that it cannot write. */
export interface Writer {
  readonly add: (call: Call) => void;
  /** Writes all that there is; whether that was possible. */
  readonly write: () => boolean;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

const MOST_KEPT = 10_000;
/** So that nothing else waits for long. */
const MOST_BYTES_AT_ONCE = 1 << 16;
const MS_PER_HOUR = 3_600_000;

export function openWriter(options: AuditOptions, { end, first }: Recovered, head: Head): Writer {
  const { directory, name, maxBytes, maxHours } = options;
  let file: CurrentFile | undefined =
    first && openCurrent(directory, name, first.seq, Date.parse(first.time));
  let kept: Line[] = [];
  let dropped = 0;
  let last = end;
  let toldByHead = end;
  let problem: string | undefined;
  let removal = Promise.resolve();
  let isToRemove = false;

  const keep = (line: Line) => {
    kept.push(line);
    last = line;
  };

  const add = (call: Call) => {
    const hasRoom = kept.length < MOST_KEPT || (problem === undefined && write());
    if (hasRoom) keep(callLine(last, call));
    else dropped++;
  };

  const write = (): boolean => {
    try {
      for (let [next] = kept; next !== undefined; [next] = kept) {
        writeSome(fileFor(next));
        if (dropped > 0) keep(droppedLine(last, dropped, new Date().toISOString()));
        dropped = 0;
      }
      if (toldByHead !== last) head.write(last);
      toldByHead = last;
      problem = undefined;
    } catch (error) {
      problem = `the audit log ${name} in ${directory} cannot be written: ${reason(error)}`;
    }
    return problem === undefined;
  };

  const fileFor = ({ seq, bytes }: Line): CurrentFile => {
    const now = Date.now();
    if (file !== undefined && file.bytes > 0) {
      const isOld = now - file.begun >= maxHours * MS_PER_HOUR;
      if (isOld || file.bytes + bytes > maxBytes) replace(file, new Date(now));
    }
    file ??= openCurrent(directory, name, seq, now);
    return file;
  };

  const replace = (old: CurrentFile, now: Date) => {
    putAside(directory, name, old, now);
    file = undefined;
    closeSync(old.fd);
    removeLater();
  };

  const removeLater = () => {
    if (isToRemove) return;
    isToRemove = true;
    removal = removal
      .then(() => {
        isToRemove = false;
        return removeOldest(options);
      })
      // Files that stay are no reason to write nothing: the next time they are tried again.
      .catch(() => undefined);
  };

  const writeSome = (into: CurrentFile) => {
    const room = Math.min(MOST_BYTES_AT_ONCE, maxBytes - into.bytes);
    let text = "";
    let bytes = 0;
    let count = 0;
    for (const line of kept) {
      if (count > 0 && bytes + line.bytes > room) break;
      text += line.text;
      bytes += line.bytes;
      count++;
    }
    writeWhole(into, text, bytes);
    kept = kept.slice(count);
  };

  const close = async () => {
    write();
    if (file !== undefined) closeSync(file.fd);
    head.close();
    await removal;
  };

  return { add, write, problem: () => problem, close };
}
