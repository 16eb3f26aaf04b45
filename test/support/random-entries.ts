import {
  bind,
  blankLine,
  comment,
  docComment,
  inherit,
  inheritFrom,
  type Nix,
  type NixAttrName,
  type NixBlankLine,
  type NixComment,
  type NixEntry,
} from "../../lib/nix/index.ts";
import { identifier, leaf, longWord } from "./random-leaf.ts";
import { stringOf } from "./random-string.ts";
import type { Generator } from "./random-tree.ts";

const REMARKS = [
  "a\n\n\nb",
  "why",
  "two words",
  "",
  "first\nsecond",
  "first\n\nthird",
  "  indented\n    more\nless",
  "# hash",
  "it's ''quoted'' ${x}",
  "\ttab",
  "ends with \\",
  '`a` -> "b" * /',
  "* starred",
  "!bang",
  "/* nested",
  "é ü 漢字",
  "\nafter an empty line\n",
  "ends with a wide space\u00a0",
  "in\u2028side \f\v\u0085",
  "\u3000",
] as const;

export function randomRemark(g: Generator): NixComment | NixBlankLine {
  const { random } = g;
  if (random.chance(0.4)) return blankLine();
  const text = random.chance(0.1)
    ? `${longWord(random)} ${longWord(random)} ${longWord(random)}`
    : random.pick(g.mood.realistic ? ["why", "two words", "first\nsecond"] : REMARKS);
  return text.trim() !== "" && random.chance(0.3) ? docComment(text) : comment(text);
}

const ODD_NAMES = [
  "if",
  "or",
  "in",
  "inherit",
  "a b",
  "x.y",
  "1",
  "",
  "é",
  "$",
  "${x}",
  '"',
  "a\nb",
  "__proto__",
  "constructor",
  "-x",
  "''",
] as const;

function attrName(g: Generator, dynamic: boolean): NixAttrName {
  const { random } = g;
  const odd = g.mood.realistic ? 0.05 : 0.25;
  if (!random.chance(odd)) return identifier(g);
  const kind = random.weighted({
    odd: 4,
    quoted: 3,
    dynamic: dynamic ? 2 : 0,
    hole: dynamic ? 2 : 0,
  });
  switch (kind) {
    case "odd":
      return random.pick(ODD_NAMES);
    case "quoted":
      return stringOf([random.chance(0.3) ? random.pick(ODD_NAMES) : identifier(g)]);
    case "dynamic":
      return leafOrMore(g);
    case "hole":
      return stringOf([identifier(g), leafOrMore(g), random.chance(0.5) ? "" : identifier(g)]);
  }
}

function leafOrMore(g: Generator): Nix {
  return g.random.chance(0.7) ? leaf(g, "callable") : g.expr(4);
}

export function attrPath(
  g: Generator,
  longest: number,
  dynamic: boolean,
): [NixAttrName, ...NixAttrName[]] {
  const names: [NixAttrName, ...NixAttrName[]] = [attrName(g, dynamic)];
  for (let more = g.random.below(longest); more > 0; more--) names.push(attrName(g, dynamic));
  return names;
}

interface EntryOptions {
  /** Whether names may be expressions, which `let` refuses. */
  readonly dynamic: boolean;
}

/** What stands between a set's or a `let`'s brackets; no attribute is set twice. */
export function randomEntries(g: Generator, size: number, options: EntryOptions): NixEntry[] {
  const { random } = g;
  const used = new Set<string>();
  const entries: NixEntry[] = [];
  const count = random.chance(0.3) ? 1 : random.below(random.chance(0.2) ? 9 : 5);
  for (const share of count === 0 ? [] : random.split(size, count)) {
    if (random.chance(g.mood.remarks)) entries.push(randomRemark(g));
    if (random.chance(0.12)) entries.push(randomInherit(g, used));
    else entries.push(randomBinding(g, share, used, options));
  }
  if (random.chance(g.mood.remarks / 2)) entries.push(randomRemark(g));
  return entries;
}

function randomBinding(g: Generator, size: number, used: Set<string>, { dynamic }: EntryOptions) {
  const { random } = g;
  const path = attrPath(g, random.chance(0.3) ? (random.chance(0.2) ? 7 : 3) : 1, dynamic);
  if (random.chance(0.1)) path.unshift("shared", unused(used, identifier(g)));
  else if (typeof path[0] === "string") path[0] = unused(used, path[0]);
  else if (isStatic(path[0])) path[0] = stringOf([unused(used, path[0].parts.join(""))]);
  used.add("shared");
  return bind(path, g.expr(size));
}

function isStatic(name: Nix): name is Extract<Nix, { kind: "string" }> {
  return name.kind === "string" && name.parts.every((part) => typeof part === "string");
}

function unused(used: Set<string>, wanted: string): string {
  let name = wanted;
  while (used.has(name)) name += "n";
  used.add(name);
  return name;
}

function randomInherit(g: Generator, used: Set<string>): NixEntry {
  const { random } = g;
  const names: string[] = [];
  const count = random.chance(0.05) ? 0 : 1 + random.below(random.chance(0.3) ? 7 : 3);
  while (names.length < count) {
    const wanted = random.chance(0.05) ? random.pick(ODD_NAMES) : identifier(g);
    names.push(unused(used, wanted));
  }
  if (random.chance(0.5)) return inherit(...names);
  return inheritFrom(random.chance(0.6) ? leaf(g, "callable") : g.expr(5), ...names);
}
