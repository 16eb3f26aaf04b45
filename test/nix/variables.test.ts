import { expect, it } from "vitest";
import {
  apply,
  attrs,
  bind,
  fn,
  has,
  indented,
  inherit,
  inheritFrom,
  letIn,
  list,
  type Nix,
  op,
  optional,
  path,
  raw,
  recAttrs,
  ref,
  select,
  selectOr,
  str,
  withIn,
} from "../../lib/nix/index.ts";
import { variablesOf } from "../../lib/nix/variables.ts";

const [a, b, c] = [ref("a"), ref("b"), ref("c", "x", "y")];

/** An expression with the variables that are free in it, and those that may be. */
const EXPRESSIONS: readonly (readonly [Nix, free: string, maybe?: string])[] = [
  [attrs({ a: 1, b: ["x", null, true] }), ""],
  [op(a, "+", c), "a c"],
  [str`${a} and ${indented("x", b)}`, "a b"],
  [path("./x/", c), "c"],
  [list([a, apply(b, c)]), "a b c"],
  [apply(ref("import"), ref("builtins", "path"), ref("map"), ref("__curPos", "file")), ""],
  [selectOr(a, ["p", b], c), "a b c"],
  [has(a, str`${b}`), "a b"],
  [attrs([bind([str`x${a}`, "y"], b)]), "a b"],
  [fn("a", op(a, "+", b)), "b"],
  [fn({ args: ["a", optional("b", c), "..."], as: "all" }, list([a, b, ref("all")])), "c"],
  [fn([optional("a", b), "b"], a), ""],
  [letIn({ a: b }, op(a, "+", c)), "b c"],
  [letIn([inherit("a")], a), "a"],
  [letIn([inheritFrom(a, "b")], b), "a"],
  [letIn([inheritFrom(ref("d"), "b"), bind("d", 1)], b), ""],
  [recAttrs([bind("a", 1), bind("z", a), inherit("b")]), "b"],
  [attrs([bind("a", 1), bind("z", a), inherit("b")]), "a b"],
  [letIn([bind(["a", "x"], 1)], a), ""],
  [withIn(a, list([b, select(ref("c"), "d")])), "a", "b c"],
  [fn("b", withIn(a, b)), "a"],
  [raw`x: x + ${a} or y'`, "a", "x or y'"],
];

it.each(EXPRESSIONS.map(([expression, free, maybe = ""]) => ({ expression, free, maybe })))(
  "$#: finds what has to come from around it",
  ({ expression, free, maybe }) => {
    const words = (text: string) => new Set(text.split(" ").filter((word) => word !== ""));
    expect(variablesOf(expression)).toEqual({ free: words(free), maybe: words(maybe) });
  },
);

it("does not mind depth", () => {
  let deep: Nix = a;
  for (let depth = 0; depth < 100_000; depth++) deep = op(deep, "+", b);
  expect(variablesOf(deep).free).toEqual(new Set(["a", "b"]));
});
