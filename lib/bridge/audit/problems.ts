import { ForageError } from "../../error.ts";
import { fileError, named } from "../../files/problem.ts";
import { errorCode, reason, wayOut } from "../../files/reason.ts";
import { logNames } from "./names.ts";

const HINT = "name the directory that the bridge writes its log to";

/** The names of the logs in a directory, of which there has to be one. */
export async function logsIn(directory: string): Promise<string[]> {
  const names = await logNames(directory).catch(unreadable(directory));
  if (names.length > 0) return names;
  throw fileError([{ message: `there is no audit log in ${named(directory)}`, hint: HINT }]);
}

/** What a failure to read a log is told as. */
export function unreadable(directory: string): (error: unknown) => never {
  return (error) => {
    const code = errorCode(error);
    if (error instanceof ForageError || code === undefined) throw error;
    const message = `the audit log in ${named(directory)} cannot be read: ${reason(error)}`;
    throw fileError([{ message, hint: code === "ENOENT" ? HINT : wayOut(error) }], error);
  };
}
