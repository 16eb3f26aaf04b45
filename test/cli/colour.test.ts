import { describe, expect, it } from "vitest";
import { hasColours, paintDiff } from "../../lib/cli/colour.ts";

describe("colours", () => {
  const terminal = { isTTY: true };
  const TERM = "xterm-256color";

  it.each([
    [terminal, { TERM }, true],
    [terminal, {}, true],
    [{}, { TERM }, false],
    [{ isTTY: false }, { TERM }, false],
    [terminal, { TERM: "dumb" }, false],
    [terminal, { TERM, NO_COLOR: "1" }, false],
    [terminal, { TERM, NO_COLOR: "0" }, false],
    [terminal, { TERM, NO_COLOR: "" }, true],
    [{}, { FORCE_COLOR: "1" }, true],
    [{}, { FORCE_COLOR: "" }, true],
    [terminal, { TERM, FORCE_COLOR: "0" }, false],
    [{}, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ])("for %j with %j: %s", (stream, env, expected) => {
    expect(hasColours(stream, env)).toBe(expected);
  });
});

describe("a painted diff", () => {
  it("knows a header from a line that looks like one", () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n---- one\n++++ two\n @@ three\n";
    expect(paintDiff(diff).split("\n")).toEqual([
      "\u001b[1m--- a/x\u001b[22m",
      "\u001b[1m+++ b/x\u001b[22m",
      "\u001b[36m@@ -1,2 +1,2 @@\u001b[39m",
      "\u001b[31m---- one\u001b[39m",
      "\u001b[32m++++ two\u001b[39m",
      " @@ three",
      "",
    ]);
  });

  it("may be empty", () => {
    expect(paintDiff("")).toBe("");
  });
});
