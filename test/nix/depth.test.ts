import { describe, expect, it } from "vitest";
import {
  apply,
  assertThat,
  attrs,
  bind,
  fn,
  has,
  ifElse,
  indented,
  inheritFrom,
  letIn,
  lift,
  list,
  type Nix,
  type NixValue,
  negate,
  not,
  op,
  optional,
  parens,
  path,
  pkgs,
  printNix,
  ref,
  select,
  selectOr,
  str,
  withIn,
} from "../../lib/nix/index.ts";
import { randomFrom } from "../support/random.ts";

const DEPTH = 5_000;
const x = ref("x");
const f = ref("f");

/** Each puts a tree one level deeper into another. */
const DEEPER: Readonly<Record<string, (inner: Nix) => Nix>> = {
  "a last argument": (inner) => apply(f, inner),
  "a first argument": (inner) => apply(f, inner, x),
  "the first of two sets": (inner) => apply(f, attrs([bind("a", inner)]), attrs([bind("b", 1)])),
  "a function that is applied": (inner) => apply(parens(inner), x),
  "a list of one": (inner) => list([inner]),
  "a list": (inner) => list([1, inner, 2]),
  "a set of one": (inner) => attrs([bind("a", inner)]),
  "a set": (inner) => attrs([bind("a", 1), bind("b", inner)]),
  "a dynamic name": (inner) => attrs([bind(inner, 1)]),
  "an inherit": (inner) => attrs([inheritFrom(inner, "a")]),
  "a set that is applied to": (inner) => apply(f, x, attrs([bind("a", inner), bind("b", 1)])),
  "a lambda that is applied to": (inner) => apply(f, fn("x", inner)),
  parentheses: parens,
  "a left operand": (inner) => op(inner, "+", x),
  "a right operand": (inner) => op(x, "+", inner),
  "a left item of a chain": (inner) => op(inner, "++", x),
  "a right item of a chain": (inner) => op(x, "++", inner),
  "an update": (inner) => op(inner, "//", attrs([bind("a", 1)])),
  "an update's right side": (inner) => op(x, "//", attrs([bind("a", inner)])),
  "a comparison": (inner) => op(inner, "==", x),
  "mixed operators": (inner) => op(op(inner, "&&", x), "||", x),
  "a let's body": (inner) => letIn({ a: 1 }, inner),
  "a let's value": (inner) => letIn([bind("a", inner)], x),
  "a function's body": (inner) => fn("x", inner),
  "a pattern's body": (inner) => fn(["a", "..."], inner),
  "a pattern's default": (inner) => fn([optional("a", inner)], x),
  "an else branch": (inner) => ifElse(x, 1, inner),
  "a then branch": (inner) => ifElse(x, inner, 1),
  "a condition": (inner) => ifElse(inner, 1, 2),
  "a with's body": (inner) => withIn(x, inner),
  "a with's scope": (inner) => withIn(inner, x),
  "an assert's body": (inner) => assertThat(x, inner),
  "an assert's condition": (inner) => assertThat(inner, x),
  "a selection": (inner) => select(inner, "a"),
  "a selection's fallback": (inner) => selectOr(x, "a", inner),
  "a selection's name": (inner) => select(x, inner),
  "a has-attribute": (inner) => has(inner, "a"),
  "a not": not,
  "a negation": negate,
  "a string": (inner) => str`a${inner}b`,
  "an indented string": (inner) => indented("a\n", inner, "\nb\n"),
  "a path": (inner) => path("./", inner),
};

function nested(levels: number, deeper: (inner: Nix, level: number) => Nix): Nix {
  let tree: Nix = x;
  for (let level = 0; level < levels; level++) tree = deeper(tree, level);
  return tree;
}

describe(`${DEPTH} deep`, () => {
  it.each(Object.entries(DEEPER))("%s", (_, deeper) => {
    expect(printNix(nested(DEPTH, deeper)).length).toBeGreaterThan(DEPTH);
  });

  it("all of them in turn, in any order", () => {
    const random = randomFrom(1);
    const all = Object.values(DEEPER) as [(inner: Nix) => Nix, ...((inner: Nix) => Nix)[]];
    const tree = nested(DEPTH, (inner) => random.pick(all)(inner));
    expect(printNix(tree).length).toBeGreaterThan(DEPTH);
  });

  it.each<[string, (inner: NixValue) => NixValue]>([
    ["plain lists", (inner) => [inner]],
    ["plain lists of two", (inner) => [1, inner]],
    ["plain sets of one", (inner) => ({ a: inner })],
    ["plain sets of two", (inner) => ({ a: inner, b: 1 })],
    ["Maps", (inner) => new Map([["a", inner]])],
    ["plain lists in sets", (inner) => ({ a: [inner] })],
  ])("%s", (_, deeper) => {
    let value: NixValue = 1;
    for (let level = 0; level < DEPTH; level++) value = deeper(value);
    expect(printNix(lift(value)).length).toBeGreaterThan(DEPTH);
  });
});

/** A tree like that of a template with many agents. */
function agents(count: number): Nix {
  const members = Array.from({ length: count }, (_, index) =>
    bind(
      `agent-${index}`,
      apply(
        ref("pkgs", "writeShellScriptBin"),
        `agent-${index}`,
        indented(
          `if [ -r /run/secrets/key-${index} ]; then\n  KEY="$(</run/secrets/key-${index})"\n  export KEY\nfi\n`,
          "exec ",
          apply(ref("lib", "getExe"), pkgs(`package-${index}`)),
          ' "$@"\n',
        ),
      ),
    ),
  );
  return fn(["pkgs", "lib", "..."], attrs(members));
}

describe("size", () => {
  it("10,000 agents print", () => {
    expect(printNix(agents(10_000)).split("\n")).toHaveLength(10_000 * 7 + 4);
  });

  it.each<[string, (count: number) => Nix]>([
    ["a long list", (count) => list(Array.from({ length: count }, () => x))],
    ["a long chain", (count) => nested(count, (inner) => op(inner, "++", x))],
    ["a long call", (count) => apply(f, x, ...Array.from({ length: count }, () => x))],
    ["a long if chain", (count) => nested(count, (inner) => ifElse(x, 1, inner))],
    [
      "a long string",
      (count) => indented(...Array.from({ length: count }, () => ["a ", x, "\n"]).flat()),
    ],
    ["a long path", (count) => select(x, "a", ...Array.from({ length: count }, () => "b"))],
    ["nested calls", (count) => nested(count, (inner) => apply(f, inner, x))],
    ["functions", (count) => nested(count, (inner) => fn("x", inner))],
  ])("%s of 10,000 prints", (_, tree) => {
    expect(printNix(tree(10_000)).length).toBeGreaterThan(10_000);
  });

  it("the same tree gives the same text", () => {
    expect(printNix(agents(100))).toBe(printNix(agents(100)));
    const once = agents(100);
    expect(printNix(once)).toBe(printNix(once));
  });

  it("a tree is not changed by printing, and can be frozen", () => {
    const freeze = (value: unknown): void => {
      if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      for (const member of Object.values(value)) freeze(member);
    };
    const tree = agents(10);
    const before = printNix(tree);
    freeze(tree);
    expect(printNix(tree)).toBe(before);
  });
});
