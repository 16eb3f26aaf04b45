import { filesOf, openChain } from "./chain.ts";
import { wholeLines } from "./chunks.ts";
import { type AuditFilter, matcher, mayHave } from "./filter.ts";
import { type AuditEntry, readLine } from "./line.ts";
import { merged } from "./order.ts";
import { logsIn, unreadable } from "./problems.ts";

/**
 * The calls of all workers, in the order in which they ended. Lines that cannot be read are left out: `verifyAudit` tells of
 * them.
 *
 * @throws ForageError `file` when there is no log, or it cannot be read
 */
export async function* readAudit(
  directory: string,
  filter: AuditFilter = {},
): AsyncGenerator<AuditEntry, void, undefined> {
  const names = await logsIn(directory);
  try {
    yield* merged(names.map((name) => readLog(directory, name, filter)));
  } catch (error) {
    unreadable(directory)(error);
  }
}

async function* readLog(
  directory: string,
  name: string,
  filter: AuditFilter,
): AsyncGenerator<AuditEntry, void, undefined> {
  const isWanted = matcher(filter);
  const { asides, current } = await openChain(directory, name);
  const chain = { asides: asides.filter(mayHave(filter)), current };
  for await (const { handle } of filesOf(directory, name, chain))
    for await (const lines of wholeLines(handle))
      for (const line of lines) {
        const entry = readLine(line);
        if (entry !== undefined && isWanted(entry)) yield entry;
      }
}
