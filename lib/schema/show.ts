import type { Path } from "../error.ts";
import { isNode } from "../nix/node.ts";
import { withoutKeys } from "./keys.ts";

const MAX_SHOWN = 60;

/** A value as a message names it: short, on one line, and without a live key. */
export function show(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "undefined":
      return "nothing";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "a list";
      return isNode(value) ? "a Nix expression" : "an object";
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    default:
      return String(value);
  }
}

/** A path without live keys: a property's name may be one too. */
export function showPath(path: Path): Path {
  return path.map((segment) => (typeof segment === "string" ? withoutKeys(segment) : segment));
}

function quoted(text: string): string {
  // Redacted before it is cut, because half a key no longer looks like one.
  const characters = [...withoutKeys(text)];
  const shown =
    characters.length > MAX_SHOWN
      ? `${characters.slice(0, MAX_SHOWN).join("")}…`
      : characters.join("");
  return JSON.stringify(shown).replace(
    /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
