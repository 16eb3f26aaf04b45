import { expect } from "vitest";
import { type Diagnostic, ForageError } from "../../lib/index.ts";

/** The problems of a definition, one text each: `place: message | hint`. */
export function problemsOf(define: () => unknown): string[] {
  try {
    define();
  } catch (error) {
    if (!(error instanceof ForageError)) throw error;
    expect(error.code).toBe("definition");
    expect(error.cause).toBeUndefined();
    return error.diagnostics.map(line);
  }
  throw new Error("nothing was refused");
}

function line({ path, message, hint }: Diagnostic): string {
  expect(hint, `a way out of: ${message}`).toBeTruthy();
  return `${path.join("/")}: ${message} | ${hint}`;
}
