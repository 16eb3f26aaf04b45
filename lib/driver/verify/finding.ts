/** One promise about a sandbox, and whether it holds. */
export interface Finding {
  /** Which promise; stable, for programs. */
  readonly id: string;
  readonly promise: string;
  readonly holds: boolean;
  /** What was seen; where a promise is broken, where. Never a secret. */
  readonly detail: string;
}

/** What is said of a promise: that it holds, or is broken, and what was seen. */
export function findingOf(
  id: string,
  promise: string,
): Readonly<Record<"holds" | "broken", (detail: string) => Finding>> {
  return {
    holds: (detail) => ({ id, promise, holds: true, detail }),
    broken: (detail) => ({ id, promise, holds: false, detail }),
  };
}
