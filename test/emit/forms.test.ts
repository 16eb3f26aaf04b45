import { describe, expect, it } from "vitest";
import {
  defineConfig,
  defineTemplate,
  ForageError,
  renderBridgeModule,
  renderContainer,
  renderExtraContainer,
  renderFlake,
  renderFlakeModule,
  renderNixosModule,
  renderOutputs,
  renderOverlay,
  renderPackages,
  renderTemplate,
  renderWrapper,
  renderWrappers,
} from "../../lib/index.ts";
import { type Nix, pkgs, ref } from "../../lib/nix/index.ts";
import { goldenFile } from "../support/golden.ts";
import { aider, bridge, bridged, small, team } from "../support/team.ts";

/** Every form, and every option that shows in one, by its golden file. */
const FORMS: Readonly<Record<string, () => string>> = {
  packages: () => renderPackages(team),
  "packages-one-template": () => renderPackages(team, { templates: ["review"] }),
  overlay: () => renderOverlay(team, { templates: ["default"] }),
  "overlay-of-inputs": () => renderOverlay(team),
  template: () => renderTemplate(small.templates.default),
  "template-with-everything": () => renderTemplate(team.templates.review),
  container: () => renderContainer(small, { sandbox: "alice" }),
  "container-with-mounts": () => renderContainer(team, { sandbox: "bob" }),
  "container-without-network": () => renderContainer(team, { sandbox: "ci" }),
  "container-on-host-network": () => renderContainer(team, { sandbox: "scratch" }),
  "nixos-module": () => renderNixosModule(team),
  "nixos-module-one-sandbox": () => renderNixosModule(small),
  "nixos-module-nat": () =>
    renderNixosModule(team, { sandboxes: ["bob", "scratch", "alice"], externalInterface: "eth0" }),
  "nixos-module-no-secrets": () => renderNixosModule(team, { sandboxes: ["scratch"] }),
  "nixos-module-no-sandboxes": () => renderNixosModule(defineConfig({ templates: {} })),
  "extra-container": () => renderExtraContainer(small),
  "extra-container-wan": () => renderExtraContainer(small, { enableWAN: true }),
  "flake-module": () => renderFlakeModule(team, { externalInterface: "eth0" }),
  "flake-module-free": () =>
    renderFlakeModule(
      defineConfig({ secrets: { openai: "/run/o" }, templates: { x: { agents: { aider } } } }),
    ),
  "wrappers-bridge": () => renderWrappers(bridged.templates.default),
  "wrappers-bridge-several": () => renderWrappers(bridge.templates.default),
  "template-bridge": () => renderTemplate(bridged.templates.default, bridged),
  "container-bridge": () => renderContainer(bridged, { sandbox: "bob" }),
  "nixos-module-bridge": () => renderNixosModule(bridged),
  "bridge-module": () => renderBridgeModule(bridge),
  "bridge-module-two-sandboxes": () => renderBridgeModule(bridged, { sandboxes: ["bob", "alice"] }),
  flake: () => renderFlake(small),
  "flake-with-inputs": () =>
    renderFlake(team, {
      description: "The ${team}'s agents",
      inputs: {
        nixpkgs: "github:NixOS/nixpkgs/nixos-25.11",
        "llm-agents": { url: "github:numtide/llm-agents.nix", follows: { nixpkgs: "nixpkgs" } },
        "home-manager": { url: "github:nix-community/home-manager", flake: true },
        site: { url: "git+https://example.org/site?ref=main", flake: false },
      },
      systems: ["x86_64-linux"],
      templates: ["default", "review"],
      sandboxes: ["ci"],
    }),
};

/** What a file binds in the `let` around its outputs, but for what everybody calls so. */
function namesInLet(text: string): string[] {
  const [, indentation = "", bindings = ""] = /^( *)let\n([\s\S]*?)^\1in$/m.exec(text) ?? [];
  const binding = new RegExp(`^${indentation}  (\\w+)(?:\\.\\S+)? =`, "gm");
  return [...bindings.matchAll(binding)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "pkgs");
}

describe("a rendering", () => {
  it.each(Object.entries(FORMS))("%s", async (name, render) => {
    await expect(render()).toMatchFileSnapshot(goldenFile(name));
  });

  it("of an output is that of its form, under a header that names the configuration", () => {
    const outputs = {
      "a.nix": { kind: "wrapper", template: "local", agent: "ollama" },
      "b.nix": { kind: "wrappers", agents: ["aider"] },
      "c.nix": "packages",
      "d.nix": { kind: "overlay", templates: ["local"] },
      "e.nix": "template",
      "f.nix": { kind: "container", sandbox: "ci" },
      "nix/g.nix": { kind: "nixos-module", sandboxes: ["bob"], externalInterface: "wan" },
      "nix/deep/h.nix": { kind: "extra-container", sandboxes: ["scratch"] },
      "i.nix": "flake-module",
      "nix/j.nix": { kind: "bridge-module", sandboxes: [] },
      "flake.nix": { kind: "flake", description: "Ours" },
    } as const;
    const { configFile, files } = renderOutputs(
      defineConfig({ ...team, outputs }),
      "forage.config.mjs",
    );
    expect(configFile).toBe("forage.config.mjs");
    const expected = {
      "a.nix": renderWrapper(team.templates.local, "ollama"),
      "b.nix": renderWrappers(team.templates.default, ["aider"]),
      "c.nix": renderPackages(team),
      "d.nix": renderOverlay(team, outputs["d.nix"]),
      "e.nix": renderTemplate(team.templates.default),
      "f.nix": renderContainer(team, outputs["f.nix"]),
      "nix/g.nix": renderNixosModule(team, outputs["nix/g.nix"]),
      "nix/deep/h.nix": renderExtraContainer(team, outputs["nix/deep/h.nix"]),
      "i.nix": renderFlakeModule(team),
      "nix/j.nix": renderBridgeModule(team, { sandboxes: [] }),
      "flake.nix": renderFlake(team, outputs["flake.nix"]),
    };
    expect([...files.keys()]).toEqual(Object.keys(outputs));
    for (const [file, text] of Object.entries(expected)) {
      const up = "../".repeat(file.split("/").length - 1);
      const [header, ...lines] = files.get(file)?.split("\n") ?? [];
      expect(header).toBe(
        `# Generated by forage-nix from ${up}forage.config.mjs: change that and run \`forage render\`, not this file.`,
      );
      expect(lines).toEqual(text.split("\n").slice(1));
    }
  });

  it("takes no name of its own from a definition's expressions", () => {
    const names = new Set(Object.values(FORMS).flatMap((render) => namesInLet(render())));
    expect(names.size).toBeGreaterThan(7);
    for (const name of names)
      expect(() => defineTemplate({ agents: {}, imports: [ref(name)] }), name).toThrow(
        /one that rendered files have for themselves/,
      );
  });

  it("is the same bytes each time", () => {
    for (const render of Object.values(FORMS)) expect(render()).toBe(render());
  });
});

describe("a package set's parameters", () => {
  const parameters = (packages: Readonly<Record<string, Nix>>) =>
    renderPackages(
      defineConfig({
        templates: {
          default: {
            agents: Object.fromEntries(
              Object.entries(packages).map(([name, from]) => [name, { package: from }]),
            ),
          },
        },
      }),
    );

  it.each<[what: string, from: Nix, text: string]>([
    ["a package", pkgs("hello"), "getExe hello}"],
    ["a package in a set", pkgs("python3Packages", "x"), "getExe python3Packages.x}"],
    ["a name that Nix has too", pkgs("map"), "getExe pkgs.map}"],
    ["a name that starts as Nix's own do", pkgs("__spliced", "x"), "getExe pkgs.__spliced.x}"],
    ["a name that is no variable's", pkgs("7zz"), 'getExe pkgs."7zz"}'],
    ["the library", pkgs("lib", "x"), "getExe pkgs.lib.x}"],
  ])("name %s", (_, from, text) => {
    expect(parameters({ a: from })).toContain(text);
  });

  it("do not mix a package with a variable of its name", () => {
    const text = parameters({ a: pkgs("inputs", "x"), b: ref("inputs", "y") });
    expect(text).toContain("getExe pkgs.inputs.x}");
    expect(text).toContain("getExe inputs.y}");
  });
});

describe("fields that a form has not", () => {
  const key = `sk-ant-api03-${"aB3".repeat(10)}`;
  it.each<[what: string, render: () => unknown, message: RegExp]>([
    ["no fields", () => renderContainer(small, undefined as never), /^sandbox: is missing/],
    ["null", () => renderNixosModule(small, { sandboxes: null } as never), /^sandboxes: a list/],
    ["a number", () => renderPackages(small, { templates: 5 } as never), /^templates: a list/],
    [
      "a misspelled one",
      () => renderNixosModule(small, { sandbox: "alice" } as never),
      /^sandbox: unknown field\n {2}did you mean "sandboxes"/,
    ],
    [
      "an interface with a command",
      () => renderNixosModule(small, { externalInterface: "eth0; reboot" }),
      /^externalInterface: "eth0; reboot" cannot name a network interface/,
    ],
    [
      "a live key",
      () => renderFlake(small, { description: key }),
      /^description: this looks like an Anthropic key/,
    ],
    [
      "agents that are no list",
      () => renderWrappers(small.templates.default, "x" as never),
      /no list/,
    ],
  ])("are refused: %s", (_, render, message) => {
    expect(render).toThrow(ForageError);
    expect(render).toThrow(message);
    expect(render).not.toThrow(key);
  });
});

it("all outputs that cannot be rendered are told at once, each with its name", () => {
  const config = defineConfig({
    ...team,
    templates: {
      ...team.templates,
      default: { agents: { "review-codex": { package: "x" } } },
    },
    outputs: {
      "fine.nix": "nixos-module",
      "extra.nix": "extra-container",
      "packages.nix": "packages",
    },
  } as never);
  expect(() => renderOutputs(config)).toThrow(
    expect.objectContaining({
      code: "definition",
      diagnostics: [
        {
          path: ["outputs", "extra.nix"],
          message: expect.stringMatching(/^secrets\.github: its path comes from/),
          hint: expect.any(String),
        },
        {
          path: ["outputs", "packages.nix"],
          message: expect.stringMatching(/^templates\.review\.agents\.codex: /),
          hint: expect.any(String),
        },
      ],
    }),
  );
});

describe("a rendering is refused", () => {
  const moduleAgent = (from: Nix) =>
    defineConfig({ templates: { default: { agents: { a: { package: from } } } } });

  const clash = defineConfig({
    templates: {
      default: { agents: { "review-codex": { package: "a" } } },
      review: { agents: { codex: { package: "b" } } },
    },
  });
  it.each<[what: string, render: () => unknown, message: RegExp]>([
    [
      "two packages of one name",
      () => renderPackages(clash),
      /^templates\.review\.agents\.codex: its package would be called "review-codex", which one of the template "default" is\n {2}rename/,
    ],
    ["the same in a flake", () => renderFlake(clash), /"review-codex"/],
    ["the same in an overlay", () => renderOverlay(clash), /"review-codex"/],
    [
      "an extra-container with a secret of the host's configuration",
      () => renderExtraContainer(team, { sandboxes: ["alice", "ci"] }),
      /^secrets\.anthropic: its path comes .*\n {2}write the path as text.*\nsecrets\.github: /,
    ],
    [
      "wrappers outside of a module that need its config",
      () => renderFlakeModule(moduleAgent(ref("config", "programs", "x"))),
      /^templates\.default\.agents\.a\.package: it needs config, which only a module has/,
    ],
    [
      "the same in a template that only a sandbox of the flake uses",
      () =>
        renderFlake(
          defineConfig({
            templates: {
              default: { agents: {} },
              x: { agents: { a: { package: ref("config", "y") } } },
            },
            sandboxes: { box: { template: "x" } },
          }),
          { templates: ["default"] },
        ),
      /^templates\.x\.agents\.a\.package: it needs config/,
    ],
    [
      "the same for packages",
      () => renderPackages(moduleAgent(ref("options", "x"))),
      /it needs options/,
    ],
    [
      "a flake whose expressions need what is no input",
      () => renderFlake(moduleAgent(ref("nixpkgs-unstable", "x"))),
      /^inputs\.nixpkgs-unstable: an expression needs "nixpkgs-unstable", which is no input of the flake\n {2}.*"nixpkgs"/,
    ],
    [
      "an unknown sandbox",
      () => renderNixosModule(team, { sandboxes: ["alcie" as never] }),
      /^sandboxes: the configuration has no sandbox "alcie"\n {2}did you mean "alice"/,
    ],
    [
      "an unknown template",
      () => renderPackages(team, { templates: ["constructor" as never] }),
      /no template "constructor"/,
    ],
    [
      "an unchecked configuration",
      () => renderNixosModule({ ...team }),
      /unchecked.*defineConfig made/,
    ],
    ["nothing", () => renderFlake(undefined as never), /unchecked/],
    ["an unchecked template", () => renderTemplate({ ...team.templates.default }), /unchecked/],
  ])("%s", (_, render, message) => {
    expect(render).toThrow(ForageError);
    expect(render).toThrow(message);
  });
});

it("packages of templates rendered apart may have one name", () => {
  const config = defineConfig({
    templates: {
      default: { agents: { "x-a": { package: "a" } } },
      x: { agents: { a: { package: "b" } } },
    },
  });
  expect(renderPackages(config, { templates: ["x"] })).toContain('x-a = writeShellScriptBin "a"');
});
