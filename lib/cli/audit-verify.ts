import type { AuditFault } from "../bridge/audit/links.ts";
import { type AuditCheck, type CheckedLog, verifyAudit } from "../bridge/audit/verify.ts";
import { type AuditPlace, directoryOf } from "./audit-options.ts";
import type { SetStatus } from "./help.ts";
import type { Terminal } from "./terminal.ts";

const EXIT_FAULTY = 1;

export async function printCheck(
  options: AuditPlace & { readonly json?: boolean },
  terminal: Terminal,
  setStatus: SetStatus,
): Promise<void> {
  const check = await verifyAudit(directoryOf(options, terminal));
  const { logs, faults } = check;
  if (options.json === true) terminal.write(`${JSON.stringify(check, null, 2)}\n`);
  else {
    for (const fault of faults) terminal.write(`${sentence(fault)}\n`);
    if (faults.length === 0) terminal.write(`${summary(logs)}\n`);
  }
  if (faults.length === 0) return;
  setStatus(EXIT_FAULTY);
  terminal.writeError(
    `forage: the audit log is not as it was written: ${many(faults.length, "fault")}\n`,
  );
}

function sentence({ file, line, what, missing }: AuditFault): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${missing === undefined ? what : `${many(missing, "line")} missing`}`;
}

function summary(logs: AuditCheck["logs"]): string {
  const sum = (of: (log: CheckedLog) => number) => logs.reduce((all, log) => all + of(log), 0);
  const times = logs.flatMap(({ firstTime, lastTime }) => [firstTime, lastTime]);
  const known = times.filter((time) => time !== undefined).sort();
  const between = known.length === 0 ? "" : `, from ${known[0]} to ${known.at(-1)}`;
  const dropped = sum((log) => log.dropped);
  const without = dropped === 0 ? "" : `; ${many(dropped, "call")} could not be logged`;
  const what = `${many(
    sum(({ lines }) => lines),
    "line",
  )} in ${many(
    sum(({ files }) => files),
    "file",
  )}`;
  return `${what} hold: ${logs.map(extent).join(", ")}${between}${without}`;
}

/** Which lines a log has: those before its first were removed because they were old. */
function extent({ name, from, end }: CheckedLog): string {
  return from === undefined ? `${name} has none` : `${name} has ${from} to ${end?.seq}`;
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
