import { refuse } from "./refuse.ts";
import type { NixAttrPath, NixEntry } from "./tree.ts";

/** What a set holds so far: an attribute that is set, or one that paths lead through. */
type Names = Map<string, Names | "set">;

/**
 * Refuses what Nix refuses: one attribute set twice, or set as a whole and by a path into it (`a = 1; a.b = 2;`). Dynamic
 * names are known only to Nix.
 */
export function checkDuplicates(entries: readonly NixEntry[]): void {
  const names: Names = new Map();
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === "inherit") for (const name of entry.names) claim(names, [name], index);
    else if (entry.kind === "binding") claim(names, entry.path, index);
  }
}

function claim(root: Names, path: NixAttrPath, index: number): void {
  let names = root;
  for (const [depth, name] of path.entries()) {
    const text = staticName(name);
    if (text === undefined) return;
    const last = depth === path.length - 1;
    const known = names.get(text);
    if (known === "set" || (last && known !== undefined)) {
      const place = path
        .slice(0, depth + 1)
        .map(staticName)
        .join(".");
      throw refuse(
        [index],
        `the attribute ${place} is set twice, which Nix refuses`,
        "set it once, with all of its members",
      );
    }
    if (last) names.set(text, "set");
    else {
      const inner: Names = known ?? new Map();
      names.set(text, inner);
      names = inner;
    }
  }
}

/** The text of a name that is known before Nix evaluates. */
export function staticName(name: NixAttrPath[number]): string | undefined {
  if (typeof name === "string") return name;
  if (name.kind !== "string" || name.parts.some((part) => typeof part !== "string"))
    return undefined;
  return name.parts.join("");
}
