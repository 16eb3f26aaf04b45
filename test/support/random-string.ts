import { indented, type Nix, str } from "../../lib/nix/index.ts";
import type { Random } from "./random.ts";
import { identifier, leaf, longWord } from "./random-leaf.ts";
import type { Generator } from "./random-tree.ts";

/** `str` for parts that come as a list: texts and holes in any order. */
export function stringOf(parts: readonly (string | Nix)[]): Nix {
  const texts = Object.assign(new Array<string>(parts.length + 1).fill(""), {
    raw: new Array<string>(parts.length + 1).fill(""),
  });
  return str(texts, ...parts);
}

const BITS = [
  " ",
  " ",
  " ",
  "word",
  "two words",
  "\n",
  "$",
  "${",
  "}",
  "''",
  "'",
  '"',
  "\\",
  "\\n",
  "\t",
  "\r",
  "$$",
  "'''",
  "é",
  "\u{1f600}",
  "#",
  "/*",
  "  ",
  "漢字",
  "e\u0301",
  "\u00a0",
  "\u2028",
  "\u0085",
  "\f",
] as const;

function bits(random: Random, most: number): string {
  let text = "";
  for (let count = random.below(most + 1); count > 0; count--) text += random.pick(BITS);
  return text;
}

function words(g: Generator): string {
  const { random } = g;
  let text = identifier(g);
  for (let count = random.below(5); count > 0; count--) text += ` ${identifier(g)}`;
  return text;
}

function text(g: Generator): string {
  const { random } = g;
  if (random.chance(g.mood.longNames))
    return random.chance(0.2) ? random.pick(["é", "漢", "😀"]).repeat(40) : longWord(random);
  return random.chance(g.mood.realistic ? 0.9 : 0.5) ? words(g) : bits(random, 4);
}

function hole(g: Generator, size: number): Nix {
  return g.random.chance(0.5) ? leaf(g) : g.expr(size);
}

export function randomString(g: Generator, size: number): Nix {
  const { random } = g;
  const parts: (string | Nix)[] = [];
  if (random.chance(0.7)) parts.push(text(g));
  const holes = random.below(3);
  for (let count = holes; count > 0; count--) {
    parts.push(hole(g, size / holes));
    if (random.chance(0.7)) parts.push(text(g));
  }
  return stringOf(parts);
}

export function randomIndented(g: Generator, size: number): Nix {
  const { random } = g;
  const parts: (string | Nix)[] = [];
  const lines = random.chance(0.15) ? 1 : 1 + random.below(5);
  for (let line = 0; line < lines; line++) {
    if (random.chance(0.1)) {
      parts.push(random.chance(0.8) ? "\n" : "  \n");
      continue;
    }
    if (random.chance(0.3)) parts.push(" ".repeat(random.below(5)));
    if (random.chance(0.6)) parts.push(text(g));
    if (random.chance(0.35)) parts.push(hole(g, size / lines));
    if (random.chance(0.4)) parts.push(text(g));
    if (line < lines - 1 || random.chance(0.8)) parts.push("\n");
  }
  return indented(...parts);
}
