import { type Diagnostic, ForageError } from "../../lib/error.ts";

/** What a builder says is wrong; nothing when it builds. Any other error goes through. */
export function refusals(build: () => unknown): readonly Diagnostic[] {
  try {
    build();
  } catch (error) {
    if (error instanceof ForageError && error.code === "nix-value") return error.diagnostics;
    throw error;
  }
  return [];
}
