import { describe, expect, it } from "vitest";
import { defineConfig } from "../lib/index.ts";
import { problemsOf } from "./support/problems.ts";

const problems = (outputs: unknown, more: object = {}) =>
  problemsOf(() =>
    defineConfig({
      templates: {
        default: { agents: { claude: { package: "claude-code" } } },
        review: { agents: { codex: { package: "codex" } } },
      },
      sandboxes: { alice: { template: "default" } },
      outputs,
      ...more,
    } as never),
  );

describe("an output", () => {
  it("is a kind, or a kind with fields", () => {
    const { outputs } = defineConfig({
      templates: { a: { agents: {} } },
      outputs: { "a.nix": "wrappers", "nix/b.nix": { kind: "packages", templates: ["a"] } },
    });
    expect(outputs).toEqual({
      "a.nix": { kind: "wrappers" },
      "nix/b.nix": { kind: "packages", templates: ["a"] },
    });
  });

  it.each([
    ["/etc/nixos/a.nix", /is outside of the project/],
    ["../a.nix", /is outside of the project/],
    ["a/../../b.nix", /is outside of the project/],
    ["./a.nix", /not normalised.*\| write "a\.nix"/],
    ["a//b.nix", /not normalised.*\| write "a\/b\.nix"/],
    ["a/../b.nix", /not normalised.*\| write "b\.nix"/],
    ["a.txt", /is a Nix file, and ends in \.nix/],
    [".nix", /ends in \.nix/],
    ["", /ends in \.nix/],
    ["a\\b.nix", /cannot name an output/],
    ["a\nb.nix", /cannot name an output/],
    ["node_modules/a.nix", /others look after/],
    ["x/.git/a.nix", /others look after/],
  ])("cannot be called %j", (file, message) => {
    const found = problems({ [file]: "wrappers" });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each<[what: string, output: unknown, expected: RegExp]>([
    [
      "an unknown kind",
      "nixos-modul",
      /^outputs\/x\.nix\/kind: "nixos-modul" is no kind of output \| did you mean "nixos-module"\?/,
    ],
    ["an unknown kind with fields", { kind: "wraper" }, /"wraper" is no kind.*"wrapper"/],
    [
      "no kind",
      {},
      /^outputs\/x\.nix\/kind: is missing: an output is of some kind \| one of "wrapper", /,
    ],
    ["a number", 1, /^outputs\/x\.nix: an object is wanted, not 1/],
    ["a field of another kind", { kind: "overlay", sandboxes: [] }, /\/sandboxes: unknown field/],
    ["no agent", "wrapper", /^outputs\/x\.nix\/agent: is missing/],
    ["no sandbox", "container", /^outputs\/x\.nix\/sandbox: is missing/],
    [
      "an unknown agent",
      { kind: "wrapper", agent: "cluade" },
      /^outputs\/x\.nix\/agent: "cluade" is no agent .*\| did you mean "claude"/,
    ],
    [
      "an agent of another template",
      { kind: "wrappers", agents: ["codex"] },
      /^outputs\/x\.nix\/agents\/0: "codex" is no agent/,
    ],
    [
      "an unknown template",
      { kind: "template", template: "rewiev" },
      /^outputs\/x\.nix\/template: "rewiev" is no template .*"review"/,
    ],
    [
      "an unknown template of several",
      { kind: "packages", templates: ["default", "x"] },
      /^outputs\/x\.nix\/templates\/1: "x" is no template/,
    ],
    [
      "a template twice",
      { kind: "packages", templates: ["default", "default"] },
      /^outputs\/x\.nix\/templates\/1: "default" stands twice/,
    ],
    [
      "an unknown sandbox",
      { kind: "nixos-module", sandboxes: ["bob"] },
      /^outputs\/x\.nix\/sandboxes\/0: "bob" is no sandbox .*\| known: "alice"/,
    ],
    [
      "no interface",
      { kind: "nixos-module", externalInterface: "eth 0" },
      /\/externalInterface: "eth 0" cannot name a network interface/,
    ],
    [
      "no flag",
      { kind: "extra-container", enableWAN: "yes" },
      /\/enableWAN: true or false is wanted, not "yes"/,
    ],
    [
      "a flag of another kind",
      { kind: "nixos-module", enableWAN: true },
      /\/enableWAN: unknown field/,
    ],
    ["a flake elsewhere", "flake", /^outputs\/x\.nix: "x\.nix" cannot be a flake/],
  ])("is refused with %s", (_, output, expected) => {
    const found = problems({ "x.nix": output });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it.each<[what: string, fields: object, expected: RegExp]>([
    ["an input called self", { inputs: { self: "x" } }, /inputs\/self: "self" cannot name/],
    ["an input's odd name", { inputs: { "a b": "x" } }, /inputs\/a b: "a b" cannot name/],
    ["no URL", { inputs: { a: { follows: {} } } }, /inputs\/a\/url: is missing/],
    ["an odd system", { systems: ["linux"] }, /systems\/0: "linux" is no system/],
    ["a number for an input", { inputs: { a: 1 } }, /inputs\/a: /],
    [
      "an empty URL",
      { inputs: { a: "" } },
      /inputs\/a: "" is no URL of a flake's input: it may not be empty/,
    ],
    ["an empty URL in an object", { inputs: { a: { url: "" } } }, /inputs\/a\/url: "" is no URL/],
    ["a space in a URL", { inputs: { a: "path:/a b" } }, /white space \| .*"%20" for a space/],
    ["a line break in a URL", { inputs: { a: { url: "x\n" } } }, /"x\\n" is no URL/],
    ["a NUL in a URL", { inputs: { a: "x\0" } }, /inputs\/a: "x\\u0000" holds a NUL/],
    [
      "text for what is no flake",
      { inputs: { a: { url: "x", flake: "no" } } },
      /inputs\/a\/flake: true or false is wanted/,
    ],
    [
      "an unknown input to follow",
      { inputs: { a: { url: "x", follows: { nixpkgs: "nixpkg" } } } },
      /inputs\/a\/follows\/nixpkgs: "nixpkg" is no input of this flake \| did you mean "nixpkgs"\?/,
    ],
    [
      "an unknown input of which to follow one",
      { inputs: { a: { url: "x", follows: { b: "utils/a" } }, "my-utils": "y" } },
      /inputs\/a\/follows\/b: "utils" is no input .*\| known: "nixpkgs", "a", "my-utils"/,
    ],
    [
      "itself to follow",
      { inputs: { a: { url: "x", follows: { b: "self" } } } },
      /follows\/b: "self" is no input of this flake/,
    ],
    ...["a b", "/", "a/", "/a", "a//b", "a.b"].map((followed): [string, object, RegExp] => [
      `${followed} to follow`,
      { inputs: { a: { url: "x", follows: { b: followed } } } },
      /inputs\/a\/follows\/b: "[^"]*" is nothing to follow: an input's name, or several/,
    ]),
    [
      "a number to follow",
      { inputs: { a: { url: "x", follows: { b: 1 } } } },
      /inputs\/a\/follows\/b: text is wanted/,
    ],
  ])("that is a flake is refused with %s", (_, fields, expected) => {
    const found = problems({ "flake.nix": { kind: "flake", ...fields } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("that is a flake takes inputs that follow others, or nothing, or are no flake", () => {
    const inputs = {
      home: { url: "github:nix-community/home-manager", follows: { nixpkgs: "nixpkgs" } },
      a: {
        url: "x",
        follows: { nixpkgs: "home/nixpkgs", b: "a/b-1/c", systems: "", home: "home" },
      },
      source: { url: "github:a/b?ref=c%20d", flake: false },
      other: { url: "path:./x", flake: true, follows: {} },
      text: "github:c/d",
    };
    const { outputs } = defineConfig({
      templates: {},
      outputs: { "flake.nix": { kind: "flake", inputs } },
    });
    expect(outputs["flake.nix"]).toEqual({ kind: "flake", inputs });
  });

  it("for extra-container says whether its sandboxes reach the internet", () => {
    for (const enableWAN of [true, false, undefined])
      expect(
        defineConfig({
          templates: {},
          outputs: { "a.nix": { kind: "extra-container", enableWAN } },
        }).outputs["a.nix"],
      ).toEqual({ kind: "extra-container", enableWAN });
  });

  it("of one template says which when that is not clear", () => {
    const templates = { a: { agents: {} }, b: { agents: {} } };
    expect(problems({ "x.nix": "wrappers" }, { templates, sandboxes: {} })).toEqual([
      expect.stringMatching(/^outputs\/x\.nix\/template: is missing.*\| one of "a", "b"/),
    ]);
  });
});
