import fc from "fast-check";
import { expect, it } from "vitest";
import { float, list, type NixValue, printNix } from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { nastyText } from "../support/random-text.ts";
import { chunks, count, SEED } from "../support/seed.ts";
import { needs } from "../support/tools.ts";

const VALUES = 2_000;

/** A value for `lift`, and the same value as JSON text, written without the library. */
interface Sample {
  readonly value: NixValue;
  readonly json: string;
}

const INT64 = 2n ** 63n;

const integer: fc.Arbitrary<Sample> = fc.oneof(
  fc.maxSafeInteger().map((value) => ({ value, json: String(value) })),
  fc.bigInt({ min: -INT64, max: INT64 - 1n }).map((value) => ({ value, json: String(value) })),
  fc
    .constantFrom(-INT64, -INT64 + 1n, INT64 - 1n, 2n ** 53n, -(2n ** 53n) - 1n)
    .map((value) => ({ value, json: String(value) })),
);

const floating: fc.Arbitrary<Sample> = fc
  .oneof(
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => value === 0 || normal(value)),
    fc.constantFrom(1e300, -1e300, 1e-7, -0, 0.1, 1.5e21, 123456.789012345, 2 ** 53, 5e-300),
  )
  .map((value) => ({
    value: Number.isInteger(value) ? float(value) : value,
    // What is whole must be a float for the reader of the JSON too. Nix takes `-0.0` for `0 - 0.0`, which is `0.0`.
    json: value === 0 || !/[.e]/.test(`${value}`) ? `${value}.0` : `${value}`,
  }));

/** Nix 2.8 refuses literals below the normal doubles ("invalid float"). */
function normal(value: number): boolean {
  return Math.abs(value) >= 2 ** -1022;
}

const text: fc.Arbitrary<Sample> = nastyText.map((value) => ({ value, json: asciiJson(value) }));

function asciiJson(value: string): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const leaf: fc.Arbitrary<Sample> = fc.oneof(
  fc.constantFrom<Sample>(
    { value: null, json: "null" },
    { value: true, json: "true" },
    { value: false, json: "false" },
  ),
  integer,
  floating,
  text,
);

const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("a", "b", "a-b", "x'", "_", "camelCase"),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "__functor_"),
  fc.constantFrom("if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"),
  fc.constantFrom("", "0", "1", "42", "-1", "1a", "a.b", "a b", "${x}", '"', "é", "null", "true"),
  nastyText,
);

function plainObject(members: readonly (readonly [string, NixValue])[]): NixValue {
  const object: Record<string, NixValue> = Object.create(null);
  for (const [key, value] of members) object[key] = value;
  return object;
}

const { any } = fc.letrec<{ any: Sample }>((again) => ({
  any: fc.oneof(
    { maxDepth: 5, depthSize: "medium", withCrossShrink: true },
    leaf,
    fc.array(again("any"), { maxLength: 5 }).map((items) => ({
      value: items.map((item) => item.value),
      json: `[${items.map((item) => item.json).join(",")}]`,
    })),
    fc
      .tuple(
        fc.uniqueArray(fc.tuple(name, again("any")), { maxLength: 5, selector: ([key]) => key }),
        fc.boolean(),
      )
      .map(([members, asMap]) => {
        const values = members.map(([key, { value }]) => [key, value] as const);
        return {
          value: asMap ? new Map(values) : plainObject(values),
          json: `{${members.map(([key, { json }]) => `${asciiJson(key)}:${json}`).join(",")}}`,
        };
      }),
  ),
}));

/** Nix compares in full precision what `--json` would round. */
function comparison(some: readonly Sample[]): string {
  const json = `[${some.map((one) => one.json).join(",")}]`;
  const literal = json.replace(/[\\"$]/g, (letter) => `\\${letter}`);
  return `let
  ours = ${printNix(list(some.map((one) => one.value)))};
  theirs = builtins.fromJSON "${literal}";
  at = builtins.elemAt;
in
builtins.genList (
  index: at ours index == at theirs index && builtins.toJSON (at ours index) == builtins.toJSON (at theirs index)
) (builtins.length theirs)
`;
}

/** A value as JSON.parse gives it, but for the numbers, which lose digits on the way. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return "a number";
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, member]) => [key, rounded(member)] as const));
}

needs("nix-instantiate")("plain values", () => {
  const nix = useNix();

  it("are the same to Nix as their JSON", async () => {
    const samples = fc.sample(any, { numRuns: VALUES, seed: SEED });
    let equal = 0;
    for (const some of chunks(samples, 500)) {
      const print = printNix(list(some.map((one) => one.value)));
      const [same, values] = (await nix().evalJson([comparison(some), print])) as [
        boolean[],
        unknown[],
      ];
      for (const [index, { json }] of some.entries()) {
        expect(same[index], json).toBe(true);
        expect(rounded(values[index]), json).toEqual(rounded(JSON.parse(json)));
        equal++;
      }
    }
    console.log(`value trees: ${count(equal)} read back equal`);
  });
});
