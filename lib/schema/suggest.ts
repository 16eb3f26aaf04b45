import { closestMatch } from "leven";
import { show } from "./show.ts";

const MAX_LISTED = 12;

/** The way out of a wrong name: the one that was probably meant, or those there are. */
export function suggest(name: unknown, known: readonly string[], nothing: string): string {
  if (known.length === 0) return nothing;
  const meant = typeof name === "string" ? closest(name, known) : undefined;
  if (meant !== undefined) return `did you mean ${show(meant)}?`;
  const listed = known.slice(0, MAX_LISTED).map(show).join(", ");
  return `known: ${listed}${known.length > MAX_LISTED ? ", …" : ""}`;
}

function closest(name: string, known: readonly string[]): string | undefined {
  return (
    known.find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ??
    closestMatch(name, [...known], {
      maxDistance: name.length < 3 ? 0 : Math.ceil(name.length / 3),
    })
  );
}
