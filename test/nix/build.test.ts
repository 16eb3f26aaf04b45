import { describe, expect, it } from "vitest";
import { type ForageError, formatPath } from "../../lib/error.ts";
import {
  apply,
  attrs,
  bind,
  blankLine,
  comment,
  docComment,
  float,
  fn,
  indented,
  inherit,
  int,
  letIn,
  lift,
  list,
  type Nix,
  type NixValue,
  negate,
  op,
  optional,
  path,
  pkgs,
  printNix,
  raw,
  recAttrs,
  ref,
  searchPath,
  select,
  selectOr,
  str,
} from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { stringOf } from "../support/random-string.ts";
import { refusals } from "../support/refusals.ts";
import { needs } from "../support/tools.ts";

const x = ref("x");

/** The text of a value, without the final line break. */
function text(value: NixValue): string {
  return printNix(lift(value)).slice(0, -1);
}

describe("HAZARDS.md 1: in quoted strings only six escapes exist", () => {
  it.each([
    ['say "x"', String.raw`"say \"x\""`],
    ["a\\b", String.raw`"a\\b"`],
    ["a\nb", String.raw`"a\nb"`],
    ["a\tb", String.raw`"a\tb"`],
    ["${x}", String.raw`"\${x}"`],
    ["\u0001\u001b\u007f\b\f", '"\u0001\u001b\u007f\b\f"'],
    ["é 漢字 \u{1f600}", '"é 漢字 \u{1f600}"'],
    ["\\u0041 \\x41", String.raw`"\\u0041 \\x41"`],
  ])("%j is written as %s", (value, wanted) => {
    expect(text(value)).toBe(wanted);
  });
});

describe("HAZARDS.md 2: a carriage return is an escape", () => {
  it.each([
    ["quoted", lift("a\rb"), String.raw`"a\rb"`],
    ["CRLF", lift("a\r\n"), String.raw`"a\r\n"`],
    ["indented", indented("a\r\nb\n"), String.raw`"a\r\nb\n"`],
    ["name", attrs({ "\r": 1 }), String.raw`{ "\r" = 1; }`],
  ])("%s", (_, value, wanted) => {
    expect(text(value)).toBe(wanted);
  });

  it("ends a comment's line", () => {
    expect(text(list([comment("a\rb\r\nc"), 1]))).toBe("[\n  # a\n  # b\n  # c\n  1\n]");
  });
});

describe("HAZARDS.md 3: NUL and halves of surrogate pairs are refused", () => {
  it.each<[string, () => unknown, string]>([
    ["in text", () => lift({ a: { b: ["ok", "x\0"] } }), "a.b[1]"],
    ["in a name", () => lift({ a: [{ "\ud800": 1 }] }), 'a[0]["\\ud800"]'],
    ["in a Map's name", () => lift(new Map([["\0", 1]])), '["\\u0000"]'],
    ["in the name of a joined path", () => lift({ a: { "\udc00": { c: 1 } } }), 'a["\\udc00"]'],
    ["in a binding's path", () => bind(["a", "\0"], 1), "[1]"],
    ["in a binding's value", () => bind(["a", "b"], ["\ud800"]), "a.b[0]"],
    ["in a template", () => str`a${"\0"}`, "[1]"],
    ["in indented text", () => indented("a\n", x, "\udfff"), "[2]"],
    ["in a comment", () => comment("\0"), ""],
    ["in a doc comment", () => docComment("\ud800"), ""],
    ["in raw text", () => raw`a\0`, "[0]"],
    ["in a reference", () => ref("a", "\0"), "[1]"],
    ["in a package's name", () => pkgs("\ud800"), "[1]"],
    ["in an inherited name", () => inherit("a", "\0"), "[1]"],
    ["in the header", () => printNix(x, { header: "\0" }), "header"],
  ])("%s", (_, build, place) => {
    const found = refusals(build);
    expect(found.map((one) => formatPath(one.path))).toEqual([place]);
    expect(found[0]?.message).toMatch(/NUL|surrogate/);
  });

  it("whole surrogate pairs are not", () => {
    expect(text("\ud83d\ude00")).toBe('"\u{1f600}"');
  });
});

describe("HAZARDS.md 4: a dollar does not meet a brace unescaped", () => {
  it.each<[string, Nix, string]>([
    ["before a hole", stringOf(["$", x]), '"\\$${x}"'],
    ["two before a hole", stringOf(["$$", x]), '"$\\$${x}"'],
    ["in text", lift("$${x}"), '"$\\${x}"'],
    ["alone", lift("$x $ $$"), '"$x $ $$"'],
    ["at the end", stringOf([x, "$"]), '"${x}$"'],
    ["indented, before a hole", indented("$", x, "\na\n"), "''\n  ''$${x}\n  a\n''"],
    ["indented, in text", indented("a\n${x}\n"), "''\n  a\n  ''${x}\n''"],
    ["indented, alone", indented("a\n$x $ $$\n"), "''\n  a\n  $x $ $$\n''"],
    ["in a name", attrs({ "${x}": 1 }), '{ "\\${x}" = 1; }'],
  ])("%s", (_, value, wanted) => {
    expect(text(value)).toBe(wanted);
  });
});

describe("HAZARDS.md 5: quotes in indented strings", () => {
  it.each<[string, Nix, string]>([
    ["one", indented("it's\nso\n"), "''\n  it's\n  so\n''"],
    ["two", indented("a''b\nc\n"), "''\n  a'''b\n  c\n''"],
    ["three", indented("a'''b\nc\n"), "''\n  a'''''\\'b\n  c\n''"],
    ["four", indented("a''''b\nc\n"), "''\n  a''''''b\n  c\n''"],
    ["one before a hole", indented("a\n'", x, "'\n"), "''\n  a\n  ''\\'${x}'\n''"],
    ["two before a hole", indented("a\n''", x, "\n"), "''\n  a\n  '''${x}\n''"],
    ["one before `${`", indented("a\n'${x}\n"), "''\n  a\n  ''\\'''${x}\n''"],
    ["one at the end", indented("a\nb'"), "''\n  a\n  b''\\'''"],
    ["two at the end", indented("a\nb''"), "''\n  a\n  b'''''"],
    ["a backslash", indented("a\\nb\nc\\\n"), "''\n  a\\nb\n  c\\\n''"],
  ])("%s", (_, value, wanted) => {
    expect(text(value)).toBe(wanted);
  });
});

describe("HAZARDS.md 6: text that an indented string would change is quoted", () => {
  it.each<[string, Nix, string]>([
    ["a carriage return", indented("a\r\nb\n"), String.raw`"a\r\nb\n"`],
    ["a line of spaces", indented("a\n  \nb\n"), String.raw`"a\n  \nb\n"`],
    ["a last line of spaces", indented("a\nb\n  "), String.raw`"a\nb\n  "`],
    ["a shared indentation", indented("  a\n  b\n"), String.raw`"  a\n  b\n"`],
    ["a single indented line", indented("  a\n"), String.raw`"  a\n"`],
  ])("%s", (_, value, wanted) => {
    expect(text(value)).toBe(wanted);
  });

  it.each<[string, Nix, string]>([
    ["an indentation of some lines", indented("  a\nb\n"), "''\n    a\n  b\n''"],
    ["empty lines", indented("a\n\nb\n"), "''\n  a\n\n  b\n''"],
    ["tabs", indented("\ta\n\tb\n"), "''\n  \ta\n  \tb\n''"],
    ["spaces before a hole", indented("a\n  ", x, "\n"), "''\n  a\n    ${x}\n''"],
    ["spaces at a line's end", indented("a  \nb\n"), "''\n  a  \n  b\n''"],
  ])("but not for %s", (_, value, wanted) => {
    expect(text(value)).toBe(wanted);
  });
});

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

describe("HAZARDS.md 8: numbers", () => {
  it.each<[string, NixValue]>([
    ["0", 0],
    ["-1", -1],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775807", -(2n ** 63n) + 1n],
    ["-9223372036854775807 - 1", -(2n ** 63n)],
    ["[ (-9223372036854775807 - 1) ]", [-(2n ** 63n)]],
    ["[\n  (-1)\n  1\n]", [-1, 1]],
    ["0.5", 0.5],
    ["[ (-0.5) ]", [-0.5]],
    ["0.0000001", 1e-7],
    ["-0.00000000015", -1.5e-10],
    ["1.0", float(1)],
    ["1000.0", float(1000)],
    ["1.0e21", float(1e21)],
    ["1.0e300", float(1e300)],
    ["1.5e300", float(1.5e300)],
    ["2.2250738585072014e-308", 2.2250738585072014e-308],
    ["3", int(3)],
    ["-3", int(-3n)],
  ])("%s", (wanted, value) => {
    expect(text(value)).toBe(wanted);
  });

  it("a negative argument has parentheses", () => {
    expect(text(apply(x, -1, -0.5))).toBe("x (-1) (-0.5)");
    expect(text(op(1, "-", -1))).toBe("1 - -1");
    expect(text(negate(negate(1)))).toBe("-(-1)");
  });

  it.each<[string, () => unknown]>([
    ["NaN", () => lift(Number.NaN)],
    ["Infinity", () => lift(Number.POSITIVE_INFINITY)],
    ["-Infinity", () => float(Number.NEGATIVE_INFINITY)],
    ["2 ** 53", () => lift(2 ** 53)],
    ["-(2 ** 53)", () => lift(-(2 ** 53))],
    ["1e300", () => lift(1e300)],
    ["2n ** 63n", () => lift(2n ** 63n)],
    ["-(2n ** 63n) - 1n", () => int(-(2n ** 63n) - 1n)],
    ["int(0.5)", () => int(0.5)],
    ["int(2 ** 53)", () => int(2 ** 53)],
    // Nix reads no literal below the normal doubles.
    ["5e-324", () => lift({ a: 5e-324 })],
    ["float(1e-310)", () => float(1e-310)],
  ])("%s is refused", (_, build) => {
    expect(refusals(build)).toHaveLength(1);
  });

  it("an unsafe integer's refusal offers a bigint", () => {
    expect(refusals(() => lift({ a: [2 ** 60] }))).toEqual([
      expect.objectContaining({ path: ["a", 0], hint: expect.stringContaining("bigint") }),
    ]);
  });
});

describe("HAZARDS.md 9: text never becomes a path literal", () => {
  it.each(["./secret", "../x", "/run/secrets/key", "~/x", "<nixpkgs>", "https://a.b/c"])(
    "%s stays a string",
    (value) => {
      expect(text(value)).toBe(`"${value}"`);
      expect(text(indented(value))).toBe(`"${value}"`);
    },
  );

  it.each<[string, Nix]>([
    ["./x", path("./x")],
    ["/etc/x.nix", path("/etc/x.nix")],
    ["~/x", path("~/x")],
    ["./${x}/y", path("./", x, "/y")],
    ["<nixpkgs/lib>", searchPath("nixpkgs/lib")],
    ["(./x).a", select(path("./x"), "a")],
  ])("a path is asked for: %s", (wanted, value) => {
    expect(text(value)).toBe(wanted);
  });

  it.each(["x", "", "./", "./a b", "./a/", "//x", "./${x}", "./a;b", "./é", "./a\n"])(
    "%j is no path",
    (value) => {
      expect(refusals(() => path(value))).toHaveLength(1);
    },
  );

  it.each(["", "a b", "a>", "/x", "../x/", "a//b", "<a>"])("%j is no search path", (value) => {
    expect(refusals(() => searchPath(value))).toHaveLength(1);
  });
});

describe("HAZARDS.md 10: packages are interpolated", () => {
  it("as references, never as text", () => {
    expect(text(str`${pkgs("bash")}/bin/bash`)).toBe('"${pkgs.bash}/bin/bash"');
    expect(text(indented("a\n", pkgs("bash"), "/bin/bash\n"))).toBe(
      "''\n  a\n  ${pkgs.bash}/bin/bash\n''",
    );
  });

  it("a hole of text or a number is spliced as text", () => {
    expect(text(str`a${"${b}"}c${1}d${2n}`)).toBe('"a\\${b}c1d2"');
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

describe("HAZARDS.md 13: plain data is printed as literals alone", () => {
  it("which a flake's inputs have to be", () => {
    const inputs = {
      nixpkgs: { url: "github:NixOS/nixpkgs/nixos-unstable" },
      "flake-parts": { url: "github:hercules-ci/flake-parts", flake: true },
    };
    expect(text({ inputs })).toBe(`{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    flake-parts = {
      url = "github:hercules-ci/flake-parts";
      flake = true;
    };
  };
}`);
  });
});

needs("nix-instantiate")("HAZARDS.md 14: tests force what they read", () => {
  const nix = useNix();

  it("so a wrong value deep inside fails, though Nix has begun to answer", async () => {
    const late = printNix(lift({ a: 1, z: { deep: [apply(ref("throw"), "too late")] } }));
    await expect(nix().evalJson([late])).rejects.toThrow("too late");
  });

  it("and so does a text that is no Nix", async () => {
    await expect(nix().evalJson(["{"])).rejects.toThrow("syntax error");
    await expect(nix().parse(["{"])).rejects.toThrow("syntax error");
  });
});

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
