import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  type AgentInput,
  defineTemplate,
  emitWrappers,
  ForageError,
  pkgs,
  renderWrapper,
  renderWrappers,
  type Template,
} from "../../lib/index.ts";
import { apply, printNix, ref } from "../../lib/nix/index.ts";

const claude = {
  package: pkgs("claude-code"),
  secretName: "anthropic",
  authEnvVar: "ANTHROPIC_API_KEY",
} as const;

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}.nix`, import.meta.url));

const AWKWARD = [
  "",
  "it's",
  "$HOME ${x} $(id)",
  "''",
  "''$",
  "two\nlines\t",
  '"',
  "\\",
  "don’t",
  "é🦊",
];

describe("renderWrapper", () => {
  it.each<[name: string, agent: AgentInput]>([
    ["wrapper-one-secret", claude],
    ["wrapper-no-secret", { package: pkgs("ollama"), args: ["run", "qwen3-coder"] }],
    [
      "wrapper-several-secrets",
      {
        ...claude,
        package: "python3Packages.aider",
        mainProgram: "aider",
        secrets: { OPENAI_API_KEY: "openai", GEMINI_API_KEY: "google's" },
        env: { AIDER_DARK_MODE: "true", EDITOR: "vim -u NONE" },
        args: ["--model=sonnet", "--no-gitignore"],
      },
    ],
    ["wrapper-fail-multiline", { ...claude, onMissingSecret: "fail", multiline: true }],
    ["wrapper-ignore", { ...claude, onMissingSecret: "ignore" }],
    ["wrapper-awkward-text", { package: "x", args: AWKWARD, env: { TEXT: AWKWARD.join("\n") } }],
    [
      "wrapper-package-expression",
      { package: apply(ref("pkgs", "callPackage"), ref("pkgs", "path"), {}), mainProgram: "x" },
    ],
  ])("%s", async (name, agent) => {
    const template = defineTemplate({ agents: { agent } });
    await expect(renderWrapper(template, "agent")).toMatchFileSnapshot(golden(name));
  });

  it("gives the same bytes each time", () => {
    const render = () => renderWrapper(defineTemplate({ agents: { claude } }), "claude");
    expect(render()).toBe(render());
    expect(render()).toMatch(/[^\n]\n$/);
  });
});

describe("renderWrappers", () => {
  it("is a set of all of them, in the definition's order", async () => {
    const template = defineTemplate({
      agents: {
        zed: { package: "zed" },
        claude,
        "gpt-5.1": { package: "codex" },
        inherit: { package: "x" },
      },
      secretsMountPoint: "/run/agent-secrets",
    });
    await expect(renderWrappers(template)).toMatchFileSnapshot(golden("wrappers"));
  });

  it("can be of some, in the order asked for", () => {
    const template = defineTemplate({
      agents: { a: { package: "a" }, b: { package: "b" }, c: { package: "c" } },
    });
    const text = renderWrappers(template, ["c", "a"]);
    expect(text.match(/^ {2}\w+ =/gm)).toEqual(["  c =", "  a ="]);
  });

  it("can be of none", () => {
    expect(renderWrappers(defineTemplate({ agents: {} }))).toMatch(
      /\{ pkgs, lib, \.\.\. \}:\n\{ \}\n$/,
    );
  });

  it("survives prototype-named agents", () => {
    const agents = JSON.parse('{"__proto__":{"package":"x"},"constructor":{"package":"y"}}');
    const template: Template = defineTemplate({ agents });
    expect(renderWrappers(template)).toContain('__proto__ = pkgs.writeShellScriptBin "__proto__"');
    expect(renderWrapper(template, "constructor")).toContain("pkgs.y");
  });
});

describe("an unusable call", () => {
  const template: Template = defineTemplate({ agents: { claude, codex: { package: "codex" } } });
  it.each<[string, () => unknown, RegExp]>([
    [
      "an unknown agent",
      () => renderWrapper(template, "cluade"),
      /no agent "cluade"\n {2}did you mean "claude"/,
    ],
    ["an inherited name", () => renderWrapper(template, "toString"), /no agent "toString"/],
    ["unknown agents", () => emitWrappers(template, ["claude", "x"]), /no agent "x"\n {2}known: /],
    [
      "plain data",
      () => renderWrapper({ agents: { claude } } as never, "claude" as never),
      /defineTemplate/,
    ],
    [
      "a changed template",
      () => renderWrappers({ ...template, secretsMountPoint: "/$x" }),
      /unchecked/,
    ],
    ["nothing", () => renderWrappers(undefined as never), /unchecked/],
  ])("is refused: %s", (_, call, message) => {
    expect(call).toThrow(ForageError);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: "definition" }));
  });
});

it("emits what it renders", () => {
  const template = defineTemplate({ agents: { claude } });
  expect(renderWrappers(template)).toContain(printNix(emitWrappers(template)));
});
