import fc from "fast-check";

/** What Nix's lexers treat in a way of their own, or what is near to it. */
const NASTY = [
  '"',
  "'",
  "''",
  "'''",
  "$",
  "$$",
  "${",
  "{",
  "}",
  "''$",
  "''${",
  "''\\",
  "\\",
  "\\n",
  "\\${",
  "\n",
  "\n\n",
  "\n  ",
  "\n \n",
  "\n\t",
  "\r",
  "\r\n",
  "\t",
  " ",
  "  ",
  "    ",
  "#",
  "/*",
  "a",
  "echo one",
  "\u0001",
  "\u007f",
  "\u0085",
  "\u2028",
  "\ufeff",
  "é",
  "\u{1f600}",
  "\u{10ffff}",
] as const;

/** Any text that Nix can hold: all of Unicode but NUL and halves of surrogate pairs, mostly of what is hard to write. */
export const nastyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...NASTY) },
      { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 3 }) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
    ),
    { maxLength: 12 },
  )
  .map((bits) => bits.join("").replaceAll("\0", ""));

/** Several lines that an indented string can mostly hold, and are hard to write there. */
export const nastyLines: fc.Arbitrary<string> = fc
  .tuple(fc.array(nastyText, { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([texts, ended]) => {
    const lines = texts.map((text) => text.replace(/[\r\n]/g, ""));
    const body = lines.map((line, index) => (index === 0 ? line.trimStart() : line.trimEnd()));
    return body.join("\n") + (ended ? "\n" : "");
  });
