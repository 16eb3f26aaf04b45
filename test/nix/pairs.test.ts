import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { printNix } from "../../lib/nix/index.ts";
import { parenthesise } from "../support/parenthesise.ts";
import { NotInTree, parseNix } from "../support/parse-nix/index.ts";
import { IMPOSSIBLE_PAIRS } from "./impossible-pairs.ts";

const DIRECTORY = new URL("../pairs/", import.meta.url);

/** Each pair is what nixfmt was given and what it made of that. */
const NAMES = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith(".out.nix"))
  .map((file) => file.slice(0, -".out.nix".length))
  .sort();

function read(name: string, side: "in" | "out"): string {
  return readFileSync(new URL(`${name}.${side}.nix`, DIRECTORY), "utf8");
}

/** The text as the printer writes its tree, or the reason why there is none. */
function reprinted(source: string): { text: string } | { reason: string } {
  try {
    const { expr, header } = parseNix(source);
    return { text: printNix(expr, header === undefined ? {} : { header }) };
  } catch (error) {
    if (error instanceof NotInTree) return { reason: error.message };
    throw error;
  }
}

function meaning(text: string): string {
  return parenthesise(parseNix(text).expr);
}

describe.each(["out", "in"] as const)("from .%s.nix", (side) => {
  let equal = 0;
  let impossible = 0;

  it.each(NAMES.filter((name) => !Object.hasOwn(IMPOSSIBLE_PAIRS, name)))(
    "%s is printed",
    (name) => {
      expect(reprinted(read(name, side))).toEqual({ text: read(name, "out") });
      equal++;
    },
  );

  it.each(Object.entries(IMPOSSIBLE_PAIRS))("%s is impossible: %s", (name, why) => {
    const found = reprinted(read(name, side));
    if ("reason" in found) expect(found.reason).toBe(why);
    else {
      const wanted = read(name, "out");
      expect(found.text).not.toBe(wanted);
      // Only the layout differs.
      expect(meaning(found.text)).toBe(meaning(wanted));
    }
    impossible++;
  });

  afterAll(() => {
    const title = side === "out" ? "pairs" : "in → out";
    console.log(`${title}: ${equal} equal, ${impossible} named impossible`);
  });
});
