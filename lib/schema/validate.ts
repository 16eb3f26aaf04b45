import type { z } from "zod";
import { ForageError } from "../error.ts";
import { explain } from "./explain.ts";
import { readPlain } from "./plain.ts";
import type { Rules } from "./rules.ts";
import { showPath } from "./show.ts";

/**
 * What a schema makes of a value that keeps its rules.
 *
 * @throws ForageError `definition` with every problem at once
 */
export function validate<T>(schema: z.ZodType<T>, rules: Rules, input: unknown): T {
  const { value, problems } = readPlain(input);
  const result = schema.safeParse(value, { reportInput: true });
  // What could not be read is missing from the copy, which would be reported once more.
  const unreadable = new Set(problems.map(({ path }) => JSON.stringify(path)));
  const broken = [...(result.success ? [] : explain(result.error.issues)), ...rules(value)];
  const all = [...problems, ...broken.filter(({ path }) => !unreadable.has(JSON.stringify(path)))];
  if (result.success && all.length === 0) return result.data;
  throw new ForageError(
    "definition",
    all.map((problem) => ({ ...problem, path: showPath(problem.path) })),
  );
}
