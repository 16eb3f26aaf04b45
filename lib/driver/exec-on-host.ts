import { type ExecOptions, type ExecResult, execIn } from "./exec.ts";
import { recordOf } from "./names.ts";
import { recordsOnDisk } from "./records.ts";

/** Runs a command in a sandbox of this machine. */
export async function execOnHost(
  name: string,
  argv: readonly string[],
  options?: ExecOptions,
): Promise<ExecResult> {
  return execIn(await recordOf({ records: recordsOnDisk }, name), argv, options);
}
