import type { Nix } from "../../lib/nix/index.ts";
import type { Random } from "./random.ts";

/**
 * The tree with one of its names longer or shorter, so that a line of its text holds as many letters as the width allows,
 * or one or two more or fewer. Undefined when no line can be moved there.
 */
export function nudged(tree: Nix, text: string, random: Random): Nix | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length > 20 && /[a-z]{2}/.test(line));
  if (lines.length === 0) return undefined;
  const line = lines[random.below(lines.length)] ?? "";
  const words = line.match(/[a-z]{2,}/g) ?? [];
  const word = words[random.below(words.length)];
  if (word === undefined) return undefined;
  // Around the width, or around the 30 letters that a hole may have.
  const wanted = random.chance(0.85) ? 98 + random.below(6) : 28 + random.below(6);
  const length = word.length + (wanted - [...line].length);
  if (length < 1 || length > 130) return undefined;
  const other = word.length > length ? word.slice(0, length) : word.padEnd(length, word.at(-1));
  return renamed(tree, word, other) as Nix;
}

const FIXED: ReadonlySet<string> = new Set(["kind", "operator", "style", "side"]);

function renamed(value: unknown, from: string, to: string, key = ""): unknown {
  if (typeof value === "string") return value === from && !FIXED.has(key) ? to : value;
  if (Array.isArray(value)) return value.map((member) => renamed(member, from, to, key));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const [name, member] of Object.entries(value)) copy[name] = renamed(member, from, to, name);
  return copy;
}
