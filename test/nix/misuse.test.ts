import { describe, expect, it } from "vitest";
import * as language from "../../lib/nix/index.ts";
import { ForageError } from "../../lib/nix/index.ts";
import { refusals } from "../support/refusals.ts";

type Builder = (...args: readonly unknown[]) => unknown;

/** Everything that the entry has but its error. */
const BUILDERS = Object.entries(language).filter(
  ([name, value]) => typeof value === "function" && !/^ForageError|^formatDiagnostic$/.test(name),
) as [string, Builder][];

const THROWS = {
  get a(): never {
    throw new Error("boom");
  },
};
const VALUES: readonly unknown[] = [
  undefined,
  null,
  5,
  10n,
  "x",
  "a\0b",
  true,
  Symbol("s"),
  () => 1,
  new Date(0),
  [],
  [undefined],
  [null],
  {},
  Object.create(null),
  new Map([[1, 2]]),
  THROWS,
  language.comment("c"),
  language.bind("a", 1),
];

/** Arguments of every kind, in every place. */
function argumentLists(): unknown[][] {
  const ones = VALUES.map((value) => [value]);
  const pairs = VALUES.flatMap((one) => VALUES.map((other) => [one, other]));
  const after = VALUES.flatMap((value) => [
    [language.ref("a"), value, value],
    ["a", value, value],
  ]);
  return [[], ...ones, ...pairs, ...after];
}

it.each(BUILDERS.filter(([name]) => name !== "lift"))(
  "%s throws nothing else than a ForageError, whatever it is given",
  (_, builder) => {
    for (const args of argumentLists())
      try {
        const built = builder(...args);
        if (language.lift !== builder && isExpression(built)) language.printNix(built);
      } catch (error) {
        if (error instanceof ForageError) continue;
        throw new Error(`thrown for ${args.length} arguments`, { cause: error });
      }
  },
);

function isExpression(value: unknown): value is language.Nix {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    !["binding", "inherit", "comment", "blank", "field"].includes(String(value.kind))
  );
}

describe("a misused builder says what it wants", () => {
  it.each<[what: string, build: () => unknown, path: readonly unknown[], message: RegExp]>([
    ["comment(5)", () => language.comment(5 as never), [], /^5 is no text$/],
    ["fn(null)", () => language.fn(null as never, 1), [], /^null is no parameter$/],
    ["fn([5])", () => language.fn([5 as never], 1), [0], /^5 is no parameter$/],
    ["printNix(5)", () => language.printNix(5 as never), [], /^5 is no expression$/],
    ["a number for a key", () => language.attrs(new Map([[1 as never, 2]])), [1], /^1 is no text$/],
    [
      "a getter that throws",
      () => language.attrs({ x: { y: 1, z: THROWS } }),
      ["x", "z", "a"],
      /^reading the member threw/,
    ],
    ["list(5)", () => language.list(5 as never), [], /^5 is no list of items$/],
    ["str()", () => language.str("x" as never), [], /^str is a tag$/],
    [
      "bind(undefined)",
      () => language.bind(undefined as never, 1),
      [],
      /^undefined is no attribute path/,
    ],
  ])("%s", (_, build, path, message) => {
    const [found, ...others] = refusals(build);
    expect(others).toEqual([]);
    expect(found?.path).toEqual(path);
    expect(found?.message).toMatch(message);
  });
});
