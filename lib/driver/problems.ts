import { type Diagnostic, ForageError, type ForageErrorCode } from "../error.ts";

/** An error of one problem. */
export function problem(
  code: ForageErrorCode,
  message: string,
  hint: string,
  cause?: unknown,
): ForageError {
  const diagnostics: Diagnostic[] = [{ path: [], message, hint }];
  return new ForageError(code, diagnostics, cause === undefined ? {} : { cause });
}

/** @throws ForageError `interrupted` when the signal says so */
export function stopIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw interrupted(what);
}

/** The error of work that an AbortSignal stopped. */
export function interrupted(what: string): ForageError {
  return problem("interrupted", `${what} was interrupted`, "run it again");
}
