import { describe, expect, it } from "vitest";
import { formatPath } from "../../lib/error.ts";
import {
  attrs,
  bind,
  comment,
  docComment,
  indented,
  inherit,
  lift,
  list,
  type Nix,
  pkgs,
  printNix,
  raw,
  ref,
  str,
} from "../../lib/nix/index.ts";
import { stringOf } from "../support/random-string.ts";
import { refusals } from "../support/refusals.ts";
import { text } from "../support/text.ts";

const x = ref("x");

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
