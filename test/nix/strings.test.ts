import fc from "fast-check";
import { expect, it } from "vitest";
import {
  attrs,
  bind,
  indented,
  inherit,
  letIn,
  list,
  type Nix,
  printNix,
  ref,
} from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { stringOf } from "../support/random-string.ts";
import { nastyLines, nastyText } from "../support/random-text.ts";
import { chunks, count, SEED } from "../support/seed.ts";
import { needs } from "../support/tools.ts";

const STRINGS = 20_000;

interface Sample {
  readonly text: string;
  /** The same text cut into pieces, with a hole between any two. */
  readonly pieces: readonly string[];
  readonly hole: string;
}

const sample: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.oneof(nastyText, nastyLines),
    nastyText,
    fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, hole, places]) => {
    const letters = [...text];
    const cuts = [0, ...places.map((at) => Math.min(at, letters.length)), letters.length];
    cuts.sort((one, other) => one - other);
    const pieces = cuts.slice(1).map((end, index) => letters.slice(cuts[index], end).join(""));
    return { text, pieces, hole };
  });

/** The text in each form in which a tree can hold it. */
function forms({ text, pieces, hole }: Sample): Nix {
  const parts = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [ref("hole"), piece]));
  return letIn(
    { hole },
    attrs([
      bind("quoted", stringOf([text])),
      bind("indented", indented(text)),
      bind("quotedHoles", stringOf(parts)),
      bind(["deeper", "indentedHoles"], [{ it: indented(...parts), and: 1 }]),
      bind("name", attrs([bind(text, 1), bind("", 2)].slice(text === "" ? 1 : 0))),
      inherit("hole"),
    ]),
  );
}

function expected({ text, pieces, hole }: Sample): unknown {
  const name = Object.fromEntries([[text, 1] as const, ["", 2] as const]);
  const holes = pieces.join(hole);
  return {
    quoted: text,
    indented: text,
    quotedHoles: holes,
    deeper: { indentedHoles: [{ it: holes, and: 1 }] },
    name,
    hole,
  };
}

needs("nix-instantiate")("strings", () => {
  const nix = useNix();

  it("come back as they were", async () => {
    const samples = fc.sample(sample, { numRuns: STRINGS, seed: SEED });
    let equal = 0;
    let indentedOnes = 0;
    for (const some of chunks(samples, 1000)) {
      const [values] = (await nix().evalJson([printNix(list(some.map(forms)))])) as [unknown[]];
      for (const [index, one] of some.entries()) {
        expect(values[index], JSON.stringify(one)).toEqual(expected(one));
        equal++;
        if (printNix(indented(one.text)).startsWith("''")) indentedOnes++;
      }
    }
    console.log(
      `strings: ${count(equal)} read back equal in each of 5 forms, ${count(indentedOnes)} of them in ''…''`,
    );
  });
});
