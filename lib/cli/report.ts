import { ForageError, type ForageErrorCode, formatDiagnostic } from "../error.ts";
import { thrownText } from "../files/thrown.ts";
import { withoutKeys } from "../schema/keys.ts";
import type { Terminal } from "./terminal.ts";

/** The exit status for a wrong definition, configuration file or command line. */
export const EXIT_WRONG = 2;
/** For what is right and cannot be done, and for a bug. */
const EXIT_FAILED = 1;
const AT_WORK: ReadonlySet<ForageErrorCode> = new Set([
  "host",
  "sandbox",
  "busy",
  "secret",
  "process",
  "interrupted",
]);

/** Says why a command failed, and returns its exit status. */
export function report(
  error: unknown,
  { writeError }: Pick<Terminal, "writeError">,
  { verbose }: { readonly verbose: boolean },
): number {
  const foreseen = error instanceof ForageError;
  if (foreseen)
    for (const problem of error.diagnostics)
      writeError(`forage: ${withoutKeys(formatDiagnostic(problem))}\n`);
  else
    writeError(`forage: a bug in forage: ${withoutKeys(thrownText(error))}\n  please report it\n`);
  if (verbose || !foreseen)
    for (const text of stacks(error)) writeError(`\n${withoutKeys(text)}\n`);
  return foreseen && !AT_WORK.has(error.code) ? EXIT_WRONG : EXIT_FAILED;
}

/** The stacks of an error and of what caused it. A configuration may have thrown any of them. */
function stacks(error: unknown): string[] {
  const seen = new Set<unknown>();
  const found: string[] = [];
  try {
    for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
      seen.add(at);
      found.push(String(at.stack ?? at));
    }
  } catch {
    found.push("and a cause that cannot be shown");
  }
  return found;
}
