import { followAudit } from "../bridge/audit/follow.ts";
import type { AuditEntry } from "../bridge/audit/line.ts";
import { readAudit } from "../bridge/audit/read.ts";
import { lastOfAudit } from "../bridge/audit/tail.ts";
import type { Usage } from "../bridge/call.ts";
import { named } from "../files/problem.ts";
import { directoryOf, type FilterOptions, USUAL_LINES } from "./audit-options.ts";
import type { Terminal } from "./terminal.ts";

export interface CallsOptions extends FilterOptions {
  readonly follow?: boolean;
  readonly lines?: number;
  readonly json?: boolean;
}

const DECISION_WIDTH = "modified".length;

/** Prints calls, a line each. */
export async function printCalls(options: CallsOptions, terminal: Terminal): Promise<void> {
  const { follow = false, json = false, lines, since } = options;
  const directory = directoryOf(options, terminal);
  let count = 0;
  const print = (entry: AuditEntry) => {
    terminal.write(`${json ? JSON.stringify(entry) : sentence(entry)}\n`);
    count++;
  };
  if (lines === undefined && since !== undefined && !follow)
    for await (const entry of readAudit(directory, options)) print(entry);
  else {
    const usual = since === undefined ? USUAL_LINES : Number.POSITIVE_INFINITY;
    const { entries, position } = await lastOfAudit(directory, options, lines ?? usual);
    entries.forEach(print);
    if (follow)
      for await (const entry of followAudit(directory, options, position, untilNobodyReads()))
        print(entry);
  }
  if (count === 0) terminal.writeError("forage: there are no such calls\n");
}

/** A reader such as `head` that has seen enough would wait for us, and we for another call. */
function untilNobodyReads(): AbortSignal {
  const controller = new AbortController();
  process.stdout.once("error", () => controller.abort());
  return controller.signal;
}

function sentence(entry: AuditEntry): string {
  if ("dropped" in entry) return `${entry.time}  ${entry.dropped} calls could not be logged`;
  const { time, sandbox, decision, rule, status, method, path, credential, model } = entry;
  const parts = [
    time,
    named(sandbox),
    decision.padEnd(DECISION_WIDTH),
    String(status),
    `${named(method)} ${credential === undefined ? "" : `${named(credential)} `}${named(path)}`,
    model && named(model),
    entry.tokens && tokens(entry.tokens),
    entry.cost === undefined ? undefined : `$${entry.cost.toFixed(4)}`,
    `${(entry.durationMs / 1000).toFixed(1)} s`,
    rule && `by the rule ${named(rule)}`,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join("  ");
}

function tokens({ input, output, cacheRead, cacheWrite }: Usage): string {
  const cached = cacheRead + cacheWrite;
  return `${input} + ${output}${cached === 0 ? "" : ` + ${cached} cached`} tokens`;
}
