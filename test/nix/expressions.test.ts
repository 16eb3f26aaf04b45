import { expect, it } from "vitest";
import { attrs, type Nix, printNix, withIn } from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { parenthesise } from "../support/parenthesise.ts";
import { parseNix } from "../support/parse-nix/index.ts";
import { randomFrom } from "../support/random.ts";
import { randomTree } from "../support/random-tree.ts";
import { chunks, count, SEED } from "../support/seed.ts";
import { needs } from "../support/tools.ts";

const TREES = 6_000;

function trees(pipes: boolean): Nix[] {
  return Array.from({ length: TREES }, (_, index) => {
    const random = randomFrom(SEED * 1_000_000 + index);
    return randomTree(random, { size: 1 + random.below(random.pick([4, 10, 40])), pipes });
  });
}

/** A literal, or what Nix shows around a dynamic name, which may hold literals: `"${f "x"}"`. */
const LITERAL = /"\$\{|\}"|"((?:[^"\\]|\\.)*)"/g;

/** Nix keeps an indented string's escapes and indentation as pieces of their own: `"" + "a" + "''" + "b"`. */
function withJoinedLiterals(parsed: string): string {
  const texts: string[] = [];
  let joined = parsed.replace(LITERAL, (found, text?: string) => {
    if (text === undefined) return found;
    return text === "" ? "«»" : `«${texts.push(text) - 1}»`;
  });
  for (let before = ""; before !== joined; ) {
    before = joined;
    joined = joined
      .replace(/«» \+ | \+ «»/g, "")
      .replace(/«([\d,]+)» \+ «([\d,]+)»/g, "«$1,$2»")
      .replace(/\((«[\d,]*»)\)/g, "$1");
  }
  return joined.replace(/«([\d,]*)»/g, (_, indexes: string) => {
    const text = indexes.split(",").map((index) => texts[Number(index)] ?? "");
    return `"${indexes === "" ? "" : text.join("")}"`;
  });
}

needs("nix-instantiate")("expressions", () => {
  const nix = useNix();

  it("mean the same to Nix as with all parentheses", async () => {
    let equal = 0;
    for (const some of chunks(trees(false), 1000)) {
      // Nix wants to see where each variable comes from.
      const scoped = some.map((tree) => withIn(attrs({}), tree));
      const printed = scoped.map((tree) => printNix(tree));
      // One process for both, since the order in which Nix shows attributes is its memory's.
      const parsed = await nix().parse([...printed, ...scoped.map(parenthesise)]);
      const [ours = [], plain = []] = chunks(parsed.map(withJoinedLiterals), some.length);
      for (const [index, text] of printed.entries()) {
        expect(ours[index], text).toBe(plain[index]);
        equal++;
      }
    }
    console.log(`expressions: ${count(equal)} mean the same as with all parentheses`);
  });
});

it("expressions print the same when they are parsed and printed again", () => {
  let equal = 0;
  for (const tree of trees(true)) {
    const text = printNix(tree);
    expect(printNix(parseNix(text).expr)).toBe(text);
    equal++;
  }
  console.log(`expressions: ${count(equal)} print the same when parsed again`);
});
