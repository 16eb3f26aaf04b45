import { describe, expect, it } from "vitest";
import {
  apply,
  float,
  indented,
  int,
  lift,
  type Nix,
  type NixValue,
  negate,
  op,
  path,
  printNix,
  ref,
  searchPath,
  select,
} from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { refusals } from "../support/refusals.ts";
import { text } from "../support/text.ts";
import { needs } from "../support/tools.ts";

const x = ref("x");

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
