import { type Diagnostic, ForageError, type ForageErrorCode } from "../../lib/error.ts";

/** What a builder says is wrong; nothing when it builds. Any other error goes through. */
export function refusals(
  build: () => unknown,
  code: ForageErrorCode = "nix-value",
): readonly Diagnostic[] {
  try {
    build();
  } catch (error) {
    if (error instanceof ForageError && error.code === code) return error.diagnostics;
    throw error;
  }
  return [];
}
