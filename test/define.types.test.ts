import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Agent,
  type AgentInput,
  type Config,
  defineAgent,
  defineConfig,
  defineTemplate,
  ForageError,
  pkgs,
  renderWrapper,
  renderWrappers,
  type Template,
  type TemplateInput,
} from "../lib/index.ts";
import type { Nix } from "../lib/nix/index.ts";

// What TypeScript refuses is refused at run time too, for those who come from JSON or JavaScript.
const refused = (define: () => unknown) => expect(define).toThrow(ForageError);

const claude = defineAgent({
  package: pkgs("claude-code"),
  secretName: "anthropic",
  authEnvVar: "ANTHROPIC_API_KEY",
});
const local = defineAgent({ package: "ollama" });
const several = defineAgent({ package: "aider-chat", secrets: { A: "openai", B: "gemini" } });

const template = defineTemplate({
  agents: {
    claude,
    local,
    aider: { package: "aider-chat", secretName: "openai", authEnvVar: "OPENAI_API_KEY" },
    more: { package: "x", secrets: { Q: "qwen" } },
  },
});

const config = defineConfig({
  secrets: { anthropic: "/a", openai: "/o", qwen: "/q" },
  templates: {
    default: template,
    other: { agents: { y: claude, x: { package: "x", secretName: "openai", authEnvVar: "X" } } },
  },
});

describe("types", () => {
  it("keep the names of secrets and agents", () => {
    expectTypeOf(claude).toEqualTypeOf<Agent<"anthropic">>();
    expectTypeOf(local).toEqualTypeOf<Agent<never>>();
    expectTypeOf(several).toEqualTypeOf<Agent<"openai" | "gemini">>();
    expectTypeOf(template).toEqualTypeOf<
      Template<"claude" | "local" | "aider" | "more", "anthropic" | "openai" | "qwen">
    >();
    expectTypeOf(config.templates.default).toExtend<
      Template<"claude" | "local" | "aider" | "more">
    >();
    expectTypeOf(config.templates.other).toExtend<Template<"x" | "y">>();
    expectTypeOf(config.secrets).toEqualTypeOf<{
      readonly anthropic: string | Nix;
      readonly openai: string | Nix;
      readonly qwen: string | Nix;
    }>();
  });

  it("take what they return", () => {
    expectTypeOf(defineAgent(claude)).toEqualTypeOf(claude);
    expectTypeOf(defineTemplate(template)).toEqualTypeOf(template);
    expectTypeOf(defineConfig(config).templates.other).toEqualTypeOf(config.templates.other);
    expectTypeOf(defineAgent({ ...claude, args: ["--x"] })).toEqualTypeOf(claude);
  });

  it("allow the general case", () => {
    const agent: AgentInput = { package: "x" };
    const input: TemplateInput = { agents: { agent } };
    const general: Template = defineTemplate(input);
    const secrets: Record<string, string> = {};
    const whole: Config = defineConfig({ secrets, templates: { general, input } });
    expect(renderWrapper(general, "agent")).toContain("pkgs.x");
    expect(Object.keys(whole.templates)).toEqual(["general", "input"]);
    const fromJson = defineConfig(
      JSON.parse('{"templates":{"t":{"agents":{"a":{"package":"x"}}}}}'),
    );
    expectTypeOf(fromJson.templates["t"]?.agents["a"]?.mainProgram).toEqualTypeOf<
      string | undefined
    >();
  });

  it("refuse a secret that the configuration does not have", () => {
    const secrets = { anthropic: "/a" } as const;
    // @ts-expect-error: "openai" is no key of secrets
    refused(() => defineConfig({ secrets, templates: { default: template } }));
    const openai = { secretName: "openai", authEnvVar: "A" } as const;
    refused(() =>
      // @ts-expect-error: "openai" is no key of secrets
      defineConfig({ secrets, templates: { t: { agents: { x: { package: "x", ...openai } } } } }),
    );
    refused(() =>
      defineConfig({
        secrets,
        // @ts-expect-error: "openai" is no key of secrets
        templates: { t: { agents: { x: { package: "x", secrets: { A: "openai" } } } } },
      }),
    );
    // @ts-expect-error: there are no secrets at all
    refused(() => defineConfig({ templates: { t: { agents: { claude } } } }));
  });

  it("refuse an agent that the template does not have", () => {
    // @ts-expect-error: no such agent
    refused(() => renderWrapper(template, "nobody"));
    // @ts-expect-error: no such agent
    refused(() => renderWrapper(config.templates.other, "claude"));
    // @ts-expect-error: no such agent
    refused(() => renderWrappers(config.templates.other, ["x", "claude"]));
    // @ts-expect-error: no such template
    expect(config.templates.third).toBeUndefined();
  });

  it("refuse unknown fields, half a pair and wrong values", () => {
    // @ts-expect-error: did you mean args?
    refused(() => defineAgent({ package: "x", arg: [] }));
    // @ts-expect-error: did you mean args?
    refused(() => defineTemplate({ agents: { x: { package: "x", arg: [] } } }));
    // @ts-expect-error: did you mean agents?
    refused(() => defineTemplate({ agents: {}, agnts: {} }));
    // @ts-expect-error: did you mean templates?
    refused(() => defineConfig({ template: {} }));
    // @ts-expect-error: a secretName goes with an authEnvVar
    refused(() => defineAgent({ package: "x", secretName: "a" }));
    // @ts-expect-error: an authEnvVar goes with a secretName
    refused(() => defineAgent({ package: "x", authEnvVar: "A" }));
    // @ts-expect-error: no such choice
    refused(() => defineAgent({ package: "x", onMissingSecret: "wran" }));
    // @ts-expect-error: an agent is a package's program
    refused(() => defineAgent({}));
  });

  it("refuse a template that was changed and not checked again", () => {
    const changed: typeof template = { ...template, secretsMountPoint: "/a b" };
    refused(() => renderWrapper(changed, "claude"));
    refused(() => defineTemplate(changed));
    expect(() => renderWrapper(defineTemplate({ ...template }), "claude")).not.toThrow();
  });

  it("take a bridge's credentials in the place of secrets", () => {
    const bridged = defineConfig({
      secrets: { anthropic: "/a", token: "/t" },
      bridge: {
        credentials: {
          gateway: { provider: "openai", secret: "token" },
          git: { provider: "github-git", command: ["/bin/token"] },
        },
      },
      templates: {
        default: {
          auth: "bridge",
          agents: {
            claude,
            aider: { package: "aider", secretName: "gateway", authEnvVar: "OPENAI_API_KEY" },
          },
          bridge: { credentials: ["git"] },
        },
      },
      sandboxes: { alice: { template: "default" } },
    });
    expectTypeOf(bridged).toExtend<
      Config<
        "anthropic" | "token",
        { default: { claude: unknown; aider: unknown } },
        "alice",
        "gateway" | "git"
      >
    >();
    expectTypeOf(bridged.bridge?.credentials.git.provider.upstream).toEqualTypeOf<
      string | undefined
    >();
    expectTypeOf(defineConfig(bridged)).toEqualTypeOf<typeof bridged>();
    const template = defineTemplate({
      auth: "bridge",
      agents: { claude },
      bridge: { credentials: ["git"] },
    });
    expectTypeOf(template).toEqualTypeOf<Template<"claude", "anthropic" | "git">>();
  });

  it("refuse what is neither a secret nor a credential", () => {
    const secrets = { token: "/t" } as const;
    const bridge = { credentials: { gateway: { provider: "openai", secret: "token" } } } as const;
    refused(() =>
      defineConfig({
        secrets,
        bridge,
        templates: {
          t: {
            auth: "bridge",
            // @ts-expect-error: "gatewy" is neither
            agents: { x: { package: "x", secretName: "gatewy", authEnvVar: "OPENAI_API_KEY" } },
          },
        },
      }),
    );
    refused(() =>
      defineConfig({
        secrets,
        bridge,
        // @ts-expect-error: "git" is no credential
        templates: { t: { auth: "bridge", agents: {}, bridge: { credentials: ["git"] } } },
      }),
    );
    refused(() =>
      defineConfig({
        secrets,
        // @ts-expect-error: "tokn" is no secret
        bridge: { credentials: { gateway: { provider: "openai", secret: "tokn" } } },
        templates: {},
      }),
    );
    refused(() =>
      defineConfig({
        secrets,
        // @ts-expect-error: two sources
        bridge: { credentials: { x: { provider: "openai", secret: "token", command: ["/x"] } } },
        templates: {},
      }),
    );
    // @ts-expect-error: no such auth
    refused(() => defineTemplate({ auth: "brigde", agents: {} }));
  });
});
