import { relative, sep } from "node:path";

/** A path as texts and headers show it: with "/", whatever the system. */
export function portableRelative(from: string, to: string): string {
  return relative(from, to).replaceAll(sep, "/");
}
