import { describe, expect, it } from "vitest";
import {
  apply,
  attrs,
  bind,
  fn,
  indented,
  int,
  type Nix,
  negate,
  op,
  path,
  printNix,
  raw,
  ref,
  select,
  selectOr,
} from "../../lib/nix/index.ts";
import { text } from "../support/text.ts";

const x = ref("x");

describe("parentheses", () => {
  it.each<[string, Nix]>([
    ["(1 + 2) * 3", op(op(1, "+", 2), "*", 3)],
    ["1 - (2 - 3)", op(1, "-", op(2, "-", 3))],
    ["1 - 2 - 3", op(op(1, "-", 2), "-", 3)],
    ["(x -> x) -> x", op(op(x, "->", x), "->", x)],
    ["x -> x -> x", op(x, "->", op(x, "->", x))],
    ["(1 == 2) == true", op(op(1, "==", 2), "==", true)],
    ["(x |> x) <| x", op(op(x, "|>", x), "<|", x)],
    ["(f x).a.b", select(apply(ref("f"), x), "a", "b")],
    ["x.a or x.b or 1", selectOr(x, "a", selectOr(x, "b", 1))],
    ["(x.a or 1).b", select(selectOr(x, "a", 1), "b")],
    ["(1).a", select(int(1), "a")],
    ["(x: x) 1", apply(fn("x", x), 1)],
    ["f 1 2", apply(apply(ref("f"), 1), 2)],
    ["-(./x)", negate(path("./x"))],
    ['{ "a\\nb\\n" = 1; }', attrs([bind(indented("a\nb\n"), 1)])],
  ])("%s", (wanted, value) => {
    expect(text(value)).toBe(wanted);
  });
});

describe("raw text", () => {
  it("is printed as it stands, in parentheses where it may need them", () => {
    expect(text(raw`__curPos`)).toBe("__curPos");
    expect(text(apply(x, raw`__curPos`, raw`a  +  b`))).toBe("x __curPos (a  +  b)");
    expect(text(raw`f ${attrs({})} ${x}`)).toBe("f { } x");
  });
});

describe("the header", () => {
  it.each<[string, string]>([
    ["generated", "# generated\nx\n"],
    ["two\nlines ", "# two\n# lines\nx\n"],
    ["a\r\n\rb", "# a\n#\n# b\nx\n"],
    ["# */ ${x}", "# # */ ${x}\nx\n"],
  ])("%j is a comment", (header, wanted) => {
    expect(printNix(x, { header })).toBe(wanted);
  });
});
