import { describe, expect, it } from "vitest";
import { type ForageError, formatPath } from "../../lib/error.ts";
import {
  apply,
  attrs,
  bind,
  blankLine,
  comment,
  docComment,
  inherit,
  letIn,
  lift,
  type Nix,
  op,
  optional,
  ref,
  str,
} from "../../lib/nix/index.ts";
import { refusals } from "../support/refusals.ts";
import { text } from "../support/text.ts";

const x = ref("x");

describe("what is no value", () => {
  const circle: Record<string, unknown> = { name: "a" };
  circle["self"] = { inner: [circle] };
  const only: Record<string, unknown> = {};
  only["only"] = only;

  class Agent {
    name = "claude";
  }

  it.each<[string, unknown, string]>([
    ["a circle", circle, "self.inner[0]"],
    ["a class instance", { a: new Agent() }, "a"],
    ["a date", [new Date(0)], "[0]"],
    ["a Set", new Set([1]), ""],
    ["a regular expression", /x/, ""],
    ["a function", { a: { b: () => 1, c: 1 } }, "a.b"],
    ["a symbol", [Symbol("x")], "[0]"],
    ["undefined", undefined, ""],
    ["undefined in a list", { a: [1, undefined] }, "a[1]"],
    // biome-ignore lint/suspicious/noSparseArray: this is what is tested
    ["a list's gap", { a: [1, , 2] }, "a[1]"],
    ["a binding", { a: bind("b", 1) }, "a"],
    ["a binding in a list", [bind("b", 1)], "[0]"],
    ["an inherit", [inherit("a")], "[0]"],
    ["a parameter", [optional("a", 1)], "[0]"],
    ["a comment", comment("x"), ""],
    ["a blank line as a member", { a: blankLine() }, "a"],
  ])("%s is refused, with its place", (_, value, place) => {
    expect(refusals(() => lift(value)).map((one) => formatPath(one.path))).toEqual([place]);
  });

  it("a set that is its own only member is refused", () => {
    expect(refusals(() => lift(only))).toHaveLength(1);
  });

  it("all of a value's problems are named at once", () => {
    const value = { a: "\0", b: [1, Symbol("x"), { c: Number.NaN }], d: () => 1, e: "fine" };
    const places = refusals(() => lift(value)).map((one) => formatPath(one.path));
    expect(places.sort()).toEqual(["a", "b[1]", "b[2].c", "d"]);
  });

  it("what stands twice, but not in itself, is fine", () => {
    const shared = { a: 1, b: 2 };
    expect(() => lift([shared, shared, { shared }])).not.toThrow();
  });

  it("members that are undefined are left out", () => {
    expect(text({ a: undefined, b: 1 })).toBe("{ b = 1; }");
    expect(text({ a: { b: 1, c: undefined } })).toBe("{ a.b = 1; }");
    expect(text({ a: { b: undefined } })).toBe("{ a = { }; }");
    expect(text(new Map([["a", undefined]]))).toBe("{ }");
  });

  it("data with a `kind` of its own is data", () => {
    expect(text({ kind: "identifier", name: "x" })).toBe(
      '{\n  kind = "identifier";\n  name = "x";\n}',
    );
  });
});

describe("what the builders refuse", () => {
  it.each<[string, () => unknown]>([
    ["an unknown operator", () => op(1, "=" as never, 2)],
    ["a path without a name", () => bind([] as never, 1)],
    ["a call without an argument", () => (apply as (fn: Nix) => Nix)(x)],
    ["an entry that is none", () => attrs([1 as never])],
    ["an expression as an entry", () => attrs([x as never])],
    ["a doc comment with its end in it", () => docComment("a */ b")],
    ["undefined in a string's hole", () => str`a${undefined as unknown as string}b`],
    ["NaN in a string's hole", () => str`a${Number.NaN}b`],
    ["an expression as a let's name", () => letIn([bind(x, 1)], x)],
    ["a hole in a let's name", () => letIn([bind(str`a${x}`, 1)], x)],
  ])("%s", (_, build) => {
    expect(refusals(build)).toHaveLength(1);
  });

  it("is a ForageError with a code, a message and its diagnostics", () => {
    let caught: unknown;
    try {
      lift({ a: [2n ** 64n] });
    } catch (error) {
      caught = error;
    }
    const error = caught as ForageError;
    expect(error.name).toBe("ForageError");
    expect(error.code).toBe("nix-value");
    expect(error.message).toMatch(/^a\[0\]: .*64-bit/);
    expect(error.diagnostics).toHaveLength(1);
  });
});
