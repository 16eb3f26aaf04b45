import {
  apply,
  assertThat,
  attrs,
  type BinaryOperator,
  fn,
  has,
  ifElse,
  letIn,
  lift,
  list,
  type Nix,
  type NixBlankLine,
  type NixComment,
  type NixPatternField,
  type NixValue,
  negate,
  not,
  op,
  optional,
  parens,
  recAttrs,
  select,
  selectOr,
  withIn,
} from "../../lib/nix/index.ts";
import type { Random } from "./random.ts";
import { attrPath, randomEntries, randomRemark } from "./random-entries.ts";
import { arithmetic, identifier, leaf, type Mood, moodOf } from "./random-leaf.ts";
import { randomIndented, randomString } from "./random-string.ts";

export interface TreeOptions {
  /** About how many nodes. */
  readonly size: number;
  /** Whether `|>` and `<|` occur, which old Nix cannot parse. */
  readonly pipes?: boolean;
}

/** What the parts of the generator share. */
export interface Generator {
  readonly random: Random;
  readonly mood: Mood;
  readonly pipes: boolean;
  /** Any expression of about `size` nodes. */
  readonly expr: (size: number) => Nix;
}

/** A tree of all node kinds but `raw`, as a person's or as nobody's, made by the builders alone. */
export function randomTree(random: Random, { size, pipes = true }: TreeOptions): Nix {
  const generator: Generator = {
    random,
    mood: moodOf(random),
    pipes,
    expr: (share) => expr(generator, share),
  };
  return generator.mood.realistic && random.chance(0.7)
    ? moduleLike(generator, size)
    : expr(generator, size);
}

const REALISTIC = {
  leaf: 12,
  set: 18,
  list: 12,
  call: 22,
  lambda: 6,
  string: 8,
  indented: 5,
  chain: 8,
  binary: 3,
  unary: 1,
  select: 3,
  has: 1,
  let: 3,
  with: 3,
  if: 5,
  assert: 1,
  parens: 1,
  plain: 2,
} as const;

const NASTY = {
  leaf: 6,
  set: 10,
  list: 9,
  call: 14,
  lambda: 8,
  string: 7,
  indented: 6,
  chain: 8,
  binary: 6,
  unary: 3,
  select: 7,
  has: 3,
  let: 6,
  with: 6,
  if: 7,
  assert: 4,
  parens: 5,
  plain: 2,
} as const;

function expr(g: Generator, size: number): Nix {
  if (size <= 1) return leaf(g);
  const kind = g.random.weighted<keyof typeof NASTY>(g.mood.realistic ? REALISTIC : NASTY);
  return KINDS[kind](g, size - 1);
}

const KINDS: Readonly<Record<keyof typeof NASTY, (g: Generator, size: number) => Nix>> = {
  leaf,
  set,
  list: randomList,
  call,
  lambda,
  string: randomString,
  indented: randomIndented,
  chain,
  binary,
  unary: (g, size) => (g.random.chance(0.5) ? not(g.expr(size)) : negate(g.expr(size))),
  select: selection,
  has: (g, size) => has(g.expr(size), ...attrPath(g, 3, true)),
  let: (g, size) => {
    const [entries = 1, body = 1] = g.random.split(size, 2);
    return letIn(randomEntries(g, entries, { dynamic: false }), g.expr(body));
  },
  with: (g, size) => withIn(g.random.chance(0.7) ? leaf(g) : g.expr(size / 3), g.expr(size)),
  if: conditional,
  assert: (g, size) =>
    assertThat(g.random.chance(0.5) ? condition(g) : g.expr(size / 2), g.expr(size)),
  parens: (g, size) => parens(g.expr(size)),
  plain: (g, size) => lift(plainData(g, size)),
};

/** Data as it comes from elsewhere. */
function plainData(g: Generator, size: number): NixValue {
  const { random } = g;
  if (size <= 1)
    return random.pick<NixValue>([null, true, 0, -1, 2.5, "text", "", "a\nb", leaf(g)]);
  const count = 1 + random.below(3);
  const members = random
    .split(Math.max(size - 1, count), count)
    .map((share) => plainData(g, share));
  if (random.chance(0.4)) return members;
  return new Map(members.map((member) => [identifier(g), member] as const));
}

function moduleLike(g: Generator, size: number): Nix {
  const body = g.random.chance(0.3)
    ? KINDS.let(g, size)
    : attrs(randomEntries(g, size, { dynamic: true }));
  return g.random.chance(0.7) ? fn(patternArgs(g, 2), body) : body;
}

function set(g: Generator, size: number): Nix {
  const make = g.random.chance(0.1) ? recAttrs : attrs;
  return make(randomEntries(g, size, { dynamic: true }));
}

function randomList(g: Generator, size: number): Nix {
  const { random } = g;
  const items: (Nix | NixComment | NixBlankLine)[] = [];
  const simple = random.chance(0.4);
  const count = random.chance(0.4) ? 1 : random.below(random.chance(0.2) ? 9 : 4);
  for (const share of count === 0 ? [] : random.split(size, count)) {
    if (random.chance(g.mood.remarks)) items.push(randomRemark(g));
    items.push(simple ? leaf(g) : g.expr(share));
  }
  if (random.chance(g.mood.remarks / 2)) items.push(randomRemark(g));
  return list(items);
}

function call(g: Generator, size: number): Nix {
  const { random } = g;
  const count = 1 + random.below(random.chance(0.2) ? 6 : 3);
  const args = random.split(size, count).map((share, index) => {
    const wanted = random.chance(index === count - 1 ? 0.7 : 0.25) ? share + 2 : share;
    return argument(g, wanted, index === count - 1);
  });
  const head = random.chance(g.mood.realistic ? 0.9 : 0.7) ? leaf(g, "callable") : g.expr(size / 3);
  return apply(head, ...(args as [Nix, ...Nix[]]));
}

function argument(g: Generator, size: number, last: boolean): Nix {
  const { random } = g;
  if (random.chance(last ? 0.3 : 0.6)) return leaf(g);
  const kind = random.weighted({
    set: 5,
    list: 4,
    lambda: 4,
    call: 4,
    indented: 2,
    any: 4,
    with: 1,
    parens: 1,
  });
  return kind === "any" ? g.expr(size) : KINDS[kind](g, Math.max(1, size - 1));
}

function lambda(g: Generator, size: number): Nix {
  const { random } = g;
  if (random.chance(0.35)) return fn(patternArgs(g, size / 2), g.expr(size));
  let body = g.expr(size);
  for (let count = 1 + random.below(3); count > 0; count--) body = fn(identifier(g), body);
  return body;
}

function patternArgs(g: Generator, size: number): Parameters<typeof fn>[0] {
  const { random } = g;
  const names = new Set<string>();
  for (let count = random.below(random.chance(0.2) ? 7 : 4); count > 0; count--)
    names.add(identifier(g));
  const args: (string | NixPatternField | NixComment | NixBlankLine)[] = [];
  for (const name of names) {
    if (random.chance(g.mood.remarks)) args.push(randomRemark(g));
    args.push(random.chance(0.25) ? optional(name, g.expr(size / names.size)) : name);
  }
  const open = random.chance(0.5);
  if ((names.size > 0 || open) && random.chance(g.mood.remarks / 3)) args.push(randomRemark(g));
  if (open) args.push("...");
  if (random.chance(0.7)) return args;
  let as = identifier(g);
  while (names.has(as)) as += "s";
  return { args, as, asSide: random.chance(0.5) ? "before" : "after" };
}

const CHAINED = ["++", "//", "+", "&&", "||", "->", "|>", "<|", "-", "*", "=="] as const;
const BINARY = [...CHAINED, "/", "<", ">", "<=", ">=", "!="] as const;

function operator(g: Generator, among: readonly BinaryOperator[]): BinaryOperator {
  const all = g.pipes ? among : among.filter((found) => found !== "|>" && found !== "<|");
  return g.random.pick(all as [BinaryOperator, ...BinaryOperator[]]);
}

/** Operands joined by one operator (or by two), from the left or from the right. */
function chain(g: Generator, size: number): Nix {
  const { random } = g;
  const wanted = random.chance(0.6)
    ? random.pick<BinaryOperator>(["++", "//", "+"])
    : operator(g, CHAINED);
  const other = random.chance(0.2) ? operator(g, CHAINED) : wanted;
  const count = 2 + random.below(4);
  const operands = random
    .split(size, count)
    .map((share) => (random.chance(0.4) ? leaf(g) : operand(g, share, wanted)));
  const joined = (left: Nix, right: Nix) => op(left, random.chance(0.8) ? wanted : other, right);
  return random.chance(0.5)
    ? operands.reduce(joined)
    : operands.reduceRight((right, left) => joined(left, right));
}

function operand(g: Generator, size: number, operator: BinaryOperator): Nix {
  const { random } = g;
  if (operator === "++" && random.chance(0.6))
    return random.chance(0.6) ? randomList(g, size) : call(g, size);
  if (operator === "//" && random.chance(0.6)) return set(g, size);
  if (operator === "+" && random.chance(0.6))
    return random.chance(0.7) ? randomString(g, size) : randomIndented(g, size);
  return g.expr(size);
}

function binary(g: Generator, size: number): Nix {
  const [left = 1, right = 1] = g.random.split(Math.max(2, size), 2);
  const kind = g.random.chance(0.3) ? arithmetic(g) : operator(g, BINARY);
  return op(g.expr(left), kind, g.expr(right));
}

function selection(g: Generator, size: number): Nix {
  const { random } = g;
  const from = random.chance(0.4) ? leaf(g, "callable") : g.expr(size / 2);
  const path = attrPath(g, 3, true);
  return random.chance(0.4) ? selectOr(from, path, g.expr(size / 2)) : select(from, ...path);
}

function condition(g: Generator): Nix {
  const { random } = g;
  const simple = () =>
    random.chance(0.5) ? leaf(g) : op(leaf(g), random.pick(["==", "!=", "<"]), leaf(g));
  const first = random.chance(0.2) ? not(leaf(g)) : simple();
  return random.chance(0.5) ? first : op(first, random.pick(["&&", "||", "->"]), simple());
}

function conditional(g: Generator, size: number): Nix {
  const { random } = g;
  const [yes = 1, no = 1] = random.split(size, 2);
  const test = random.chance(0.7) ? condition(g) : g.expr(size / 3);
  const otherwise = random.chance(0.3) ? conditional(g, Math.max(1, no - 1)) : g.expr(no);
  return ifElse(test, g.expr(yes), otherwise);
}
