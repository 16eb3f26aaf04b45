import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ForageError } from "../../lib/error.ts";
import { quoteWord } from "../../lib/shell/quote.ts";

describe("quoteWord", () => {
  it.each([
    ["", '""'],
    ["/run/secrets/anthropic", "/run/secrets/anthropic"],
    ["--model=gpt-5", "--model=gpt-5"],
    ["=x", "'=x'"],
    ["%1", "'%1'"],
    ["a b", "'a b'"],
    ["$HOME", "$'$HOME'"],
    ["~", "$'~'"],
    ["don’t", "$'don’t'"],
    ["\\d+", "'\\d+'"],
    ["end\\", "$'end\\\\'"],
    ["it's `x`", "$'it\\'s `x`'"],
    ["it's", "'it'\\''s'"],
    ["back\\slash", "'back\\slash'"],
    ["{a,b}", "'{a,b}'"],
    ["naïve 🦊", "'naïve 🦊'"],
    ["one\ntwo", "$'one\\ntwo'"],
    ["it's\ta \\", "$'it\\'s\\ta \\\\'"],
    ["\x1b[0mA", "$'\\x1b[0mA'"],
    ["\u0085\u2028\u202e", "$'\\xc2\\x85\\xe2\\x80\\xa8\\xe2\\x80\\xae'"],
  ])("%j is %s", (text, word) => {
    expect(quoteWord(text)).toBe(word);
  });

  it("refuses a NUL", () => {
    expect(() => quoteWord("a\0b")).toThrow(ForageError);
  });

  it.each(["C", "C.UTF-8"])("is read back by bash, and stays on one line (LC_ALL=%s)", (locale) => {
    const character = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom(..."'\"\\$`!*?[]{}()<>|&;#~=%^ \t\r\n\u001b-"),
    );
    const text = fc
      .array(character, { maxLength: 12 })
      .map((characters) => characters.join("").replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(text, { minLength: 200, maxLength: 200 }), (texts) => {
        const words = texts.map(quoteWord);
        for (const word of words) expect(word).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(bash(`printf '%s\\0' ${words.join(" ")}`, locale)).toEqual(texts);
      }),
      { numRuns: 15 },
    );
  });
});

/** What a script prints, split at its NULs. */
function bash(script: string, locale: string): string[] {
  const out = execFileSync("bash", ["-s"], {
    input: script,
    encoding: "utf8",
    env: { LC_ALL: locale },
  });
  return out.split("\0").slice(0, -1);
}
