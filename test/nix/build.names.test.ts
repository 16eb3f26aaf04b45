import { describe, expect, it } from "vitest";
import {
  attrs,
  bind,
  fn,
  inherit,
  letIn,
  type Nix,
  type NixValue,
  optional,
  pkgs,
  raw,
  recAttrs,
  ref,
  str,
} from "../../lib/nix/index.ts";
import { refusals } from "../support/refusals.ts";
import { text } from "../support/text.ts";

const x = ref("x");

describe("HAZARDS.md 7: names", () => {
  it.each(["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"])(
    "the keyword %s is quoted",
    (word) => {
      expect(text(attrs({ [word]: 1 }))).toBe(`{ "${word}" = 1; }`);
      expect(text(ref("x", word))).toBe(`x."${word}"`);
      expect(text(letIn([bind(word, 1)], x))).toBe(`let\n  "${word}" = 1;\nin\nx`);
      expect(refusals(() => ref(word))).toHaveLength(1);
      expect(refusals(() => fn([word], x))).toHaveLength(1);
      expect(refusals(() => fn(word, x))).toHaveLength(1);
    },
  );

  it.each(["a", "_", "A1", "a-b", "a'", "x86_64-linux", "__proto__", "constructor", "true"])(
    "%s stands bare",
    (name) => {
      expect(text(attrs([bind(name, 1)]))).toBe(`{ ${name} = 1; }`);
    },
  );

  it.each(["", "1", "1a", "-a", "'a", "a.b", "a b", "é", "a\n", '"', "${a}"])(
    "%j is quoted",
    (name) => {
      expect(text(attrs([bind(name, 1)]))).toBe(`{ ${text(name)} = 1; }`);
      expect(refusals(() => ref(name))).toHaveLength(1);
    },
  );

  it("__proto__ and constructor are members like any other", () => {
    const parsed: NixValue = JSON.parse('{ "__proto__": { "constructor": 1, "b": 2 } }');
    expect(text(parsed)).toBe("{\n  __proto__ = {\n    constructor = 1;\n    b = 2;\n  };\n}");
  });

  it("a Map keeps the order of names that look like integers", () => {
    const map = new Map([["10", 1] as const, ["a", 2] as const, ["2", 3] as const]);
    expect(text(map)).toBe('{\n  "10" = 1;\n  a = 2;\n  "2" = 3;\n}');
  });

  it.each<[string, () => unknown, RegExp]>([
    ["twice", () => attrs([bind("a", 1), bind("a", 2)]), /attribute a is set twice/],
    ["by value and path", () => attrs([bind("a", 1), bind(["a", "b"], 2)]), /attribute a /],
    ["by path and value", () => attrs([bind(["a", "b"], 2), bind("a", 1)]), /attribute a /],
    ["twice by path", () => attrs([bind(["a", "b"], 1), bind(["a", "b"], 2)]), /attribute a\.b /],
    ["by inherit", () => attrs([inherit("a"), bind("a", 1)]), /attribute a /],
    ["twice in one inherit", () => attrs([inherit("a", "a")]), /attribute a /],
    ["in rec", () => recAttrs([bind("a", 1), bind("a", 2)]), /attribute a /],
    ["in let", () => letIn([bind("a", 1), bind("a", 2)], x), /attribute a /],
    ["by a quoted name", () => attrs([bind(str`a`, 1), bind("a", 2)]), /attribute a /],
    [
      "as a prototype's name",
      () => attrs([bind("__proto__", 1), inherit("__proto__")]),
      /__proto__/,
    ],
  ])("an attribute set %s is refused", (_, build, message) => {
    expect(refusals(build).map((one) => one.message)).toEqual([expect.stringMatching(message)]);
  });

  it("paths may share their beginning", () => {
    const set = attrs([bind(["a", "b"], 1), bind(["a", "c"], 2), bind([x, "a"], 3)]);
    expect(text(set)).toBe("{\n  a.b = 1;\n  a.c = 2;\n  ${x}.a = 3;\n}");
  });

  it("a parameter that stands twice is refused", () => {
    expect(refusals(() => fn(["a", "b", "a"], x)).map((one) => one.path)).toEqual([[2]]);
    expect(refusals(() => fn({ args: ["a"], as: "a" }, x))).toHaveLength(1);
    expect(refusals(() => fn(["a", optional("a", 1)], x))).toHaveLength(1);
  });
});

describe("HAZARDS.md 11: references are made of single names", () => {
  it.each<[string, Nix]>([
    ["pkgs.hello", pkgs("hello")],
    ["pkgs.python3Packages.requests", pkgs("python3Packages", "requests")],
    ['pkgs."a.b"', pkgs("a.b")],
    ['pkgs."x; import ./evil"', pkgs("x; import ./evil")],
    ['pkgs."\\${evil}"', pkgs("${evil}")],
    [String.raw`pkgs."\""`, pkgs('"')],
    ["lib.getExe", ref("lib", "getExe")],
    ["lib.getExe'", ref("lib", "getExe'")],
    ['a.""', ref("a", "")],
  ])("%s", (wanted, value) => {
    expect(text(value)).toBe(wanted);
  });

  it.each<[string, () => unknown]>([
    ["no package", () => (pkgs as () => Nix)()],
    ["an empty package", () => pkgs("python3Packages", "")],
    ["a variable with a path", () => ref("lib.getExe")],
    ["a variable with code", () => ref("x; y")],
    ["a name that is no text", () => ref("x", 1 as never)],
    ["text in a hole of raw", () => raw`a${"b" as never}`],
  ])("%s is refused", (_, build) => {
    expect(refusals(build)).toHaveLength(1);
  });
});
