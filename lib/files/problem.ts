import { ForageError } from "../error.ts";
import { show } from "../schema/show.ts";

/** What is wrong with a file, which the message names, and the way out. */
export interface FileProblem {
  readonly message: string;
  readonly hint: string;
}

export function fileError(problems: readonly FileProblem[], cause?: unknown): ForageError {
  return new ForageError(
    "file",
    problems.map((problem) => ({ path: [], ...problem })),
    cause === undefined ? {} : { cause },
  );
}

/** A path as a message names it: as it is, unless a terminal would not show it so. */
export function named(path: string): string {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path) ? show(path) : path;
}
