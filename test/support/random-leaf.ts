import {
  attrs,
  type BinaryOperator,
  float,
  int,
  list,
  type Nix,
  path,
  pkgs,
  ref,
  searchPath,
  str,
} from "../../lib/nix/index.ts";
import type { Random } from "./random.ts";
import type { Generator } from "./random-tree.ts";

/** What one tree is like. */
export interface Mood {
  /** As a person would write it, rather than everything everywhere. */
  readonly realistic: boolean;
  /** How often a name is long enough to push lines over the width. */
  readonly longNames: number;
  /** How often a comment or blank line stands before something. */
  readonly remarks: number;
}

export function moodOf(random: Random): Mood {
  return {
    realistic: random.chance(0.5),
    longNames: random.pick([0, 0.02, 0.1, 0.3]),
    remarks: random.pick([0, 0, 0, 0.05, 0.3]),
  };
}

const WORDS = [
  "a",
  "b",
  "c",
  "f",
  "g",
  "x",
  "xs",
  "cfg",
  "lib",
  "pkgs",
  "self",
  "prev",
  "final",
  "config",
  "system",
  "enable",
  "mkIf",
  "map",
  "import",
  "toString",
  "callPackage",
  "mkOption",
  "types",
  "concatStringsSep",
  "optionals",
  "x'",
  "_",
  "a-b",
  "true",
  "builtins",
] as const;

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

export function identifier({ random, mood }: Generator): string {
  if (random.chance(mood.longNames)) return longWord(random);
  if (random.chance(0.7)) return random.pick(WORDS);
  return `${random.pick(WORDS)}${random.below(100)}`;
}

export function longWord(random: Random): string {
  const letter = LETTERS[random.below(LETTERS.length)] ?? "z";
  return `${letter}${letter.repeat(random.chance(0.8) ? 4 + random.below(40) : random.below(110))}`;
}

const NUMBERS: readonly [Nix, ...Nix[]] = [
  int(0),
  int(1),
  int(42),
  int(-1),
  int(2n ** 63n - 1n),
  int(-(2n ** 63n)),
  float(1.5),
  float(-0.25),
  float(1e-7),
  float(1e300),
];

const PATHS: readonly [Nix, ...Nix[]] = [
  path("./x"),
  path("../a/b.nix"),
  path("/etc/x"),
  path("~/x"),
  path("./", ref("x"), "/y"),
  path("/a/b-", ref("lib", "version")),
  searchPath("nixpkgs"),
  searchPath("nixpkgs/lib"),
];

/** An expression without expressions inside; a callable one is a name or an attribute of one. */
export function leaf(g: Generator, among: number | "callable" = 1): Nix {
  const { random } = g;
  const kind = random.weighted({
    name: 8,
    attribute: 5,
    package: 3,
    deep: 1,
    string: among === "callable" ? 0 : 5,
    number: among === "callable" ? 0 : 2,
    path: among === "callable" ? 0 : 1,
    empty: among === "callable" ? 0 : 2,
  });
  switch (kind) {
    case "name":
      return ref(identifier(g));
    case "attribute":
      return ref("lib", identifier(g));
    case "package":
      return pkgs(identifier(g));
    case "deep":
      return ref(
        identifier(g),
        identifier(g),
        identifier(g),
        random.chance(0.2) ? "odd name" : "x",
      );
    case "string":
      return random.chance(g.mood.longNames) ? str`${longWord(random)}` : str`${identifier(g)}`;
    case "number":
      return random.pick(NUMBERS);
    case "path":
      return random.pick(PATHS);
    case "empty":
      return random.chance(0.5) ? attrs({}) : list([]);
  }
}

export function arithmetic({ random }: Generator): BinaryOperator {
  return random.pick<BinaryOperator>(["+", "-", "*", "/", "<", ">", "<=", ">="]);
}
