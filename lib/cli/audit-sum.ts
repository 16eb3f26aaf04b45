import { type AuditSum, sumAudit } from "../bridge/audit/sum.ts";
import { named } from "../files/problem.ts";
import { directoryOf, type FilterOptions } from "./audit-options.ts";
import { columns } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADING = ["SANDBOX", "DAY", "CALLS", "REFUSED", "FAILED", "IN", "OUT", "CACHED"];
const MONEY_AND_BYTES = ["DOLLARS", "BYTES"];

export async function printSums(
  options: FilterOptions & { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const sums = await sumAudit(directoryOf(options, terminal), options);
  const { rows, dropped } = sums;
  if (options.json === true) terminal.write(`${JSON.stringify(sums, null, 2)}\n`);
  else if (rows.length > 0)
    terminal.write(columns([...HEADING, ...MONEY_AND_BYTES], rows.map(cells)));
  else terminal.writeError("forage: there are no such calls\n");
  if (dropped > 0)
    terminal.writeError(`forage: ${dropped} calls are not among them: they could not be logged\n`);
}

function cells(sum: AuditSum): string[] {
  const { sandbox, day, calls, refused, failed, tokensIn, tokensOut, tokensCached } = sum;
  const numbers = [calls, refused, failed, tokensIn, tokensOut, tokensCached];
  const dollars = sum.cost?.toFixed(4) ?? "-";
  return [named(sandbox), day, ...numbers.map(String), dollars, String(sum.bytesOut)];
}
