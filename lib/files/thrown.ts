/** What a thrown value says. It may be anything, and what looks at it may throw in turn. */
export function thrownText(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "it throws what cannot be shown";
  }
}
