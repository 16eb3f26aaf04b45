import { describe, expect, expectTypeOf, it } from "vitest";
import { agents, catalogue } from "../../lib/catalogue/agents.ts";
import {
  type Agent,
  type AgentInput,
  defineAgent,
  defineConfig,
  defineTemplate,
  ForageError,
  type Template,
} from "../../lib/index.ts";

// What TypeScript refuses is refused at run time too, for those who come from JSON or JavaScript.
const refused = (define: () => unknown) => expect(define).toThrow(ForageError);

const claude = agents.claudeCode({ secretName: "anthropic" });
const aider = agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" });
const several = agents.goose({ secrets: { OPENAI_API_KEY: "openai", GH_TOKEN: "github" } });
const secrets = { anthropic: "/a", openai: "/o", mine: "/m" } as const;

describe("types", () => {
  it("keep the names of secrets", () => {
    expectTypeOf(claude).toExtend<AgentInput<"anthropic">>();
    expectTypeOf(claude).not.toExtend<AgentInput<"openai">>();
    expectTypeOf(claude.secretName).toEqualTypeOf<"anthropic" | undefined>();
    expectTypeOf(defineAgent(claude)).toEqualTypeOf<Agent<"anthropic">>();
    expectTypeOf(defineAgent(aider)).toEqualTypeOf<Agent<"openai">>();
    expectTypeOf(defineAgent(several)).toEqualTypeOf<Agent<"openai" | "github">>();
    expectTypeOf(defineAgent(agents.codex())).toEqualTypeOf<Agent<never>>();
    expectTypeOf(defineAgent(agents.codex({ args: ["exec"] }))).toEqualTypeOf<Agent<never>>();
    expectTypeOf(
      defineAgent(agents.claudeCode({ secretName: "anthropic", secrets: { GH_TOKEN: "github" } })),
    ).toEqualTypeOf<Agent<"anthropic" | "github">>();
    expectTypeOf(defineAgent({ ...claude, args: ["--verbose"] })).toEqualTypeOf<
      Agent<"anthropic">
    >();
  });

  it("fit wherever an agent does", () => {
    const template = defineTemplate({
      agents: {
        claude,
        aider: agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" }),
        again: aider,
        plain: agents.opencode(),
        mine: { package: "mine", secretName: "mine", authEnvVar: "MINE" },
      },
    });
    expectTypeOf(template).toEqualTypeOf<
      Template<"claude" | "aider" | "again" | "plain" | "mine", "anthropic" | "openai" | "mine">
    >();
    const config = defineConfig({
      secrets,
      templates: {
        default: template,
        other: {
          agents: {
            claude: agents.claudeCode({ secretName: "anthropic" }),
            more: agents.codex({ secretName: "openai", secrets: { GH_TOKEN: "anthropic" } }),
            plain: agents.codex(),
            local: agents.codex({ args: ["exec"] }),
            mine: { package: "mine" },
          },
        },
      },
    });
    expectTypeOf(config.templates.other).toExtend<
      Template<"claude" | "more" | "plain" | "local" | "mine">
    >();
  });

  it("allow the general case", () => {
    const secretName: string = "anthropic";
    expectTypeOf(defineAgent(agents.claudeCode({ secretName }))).toEqualTypeOf<Agent<string>>();
    expectTypeOf(claude).toExtend<AgentInput>();
    const undecided: { secretName: "a"; authEnvVar?: "CODEX_API_KEY" | undefined } = {
      secretName: "a",
    };
    expectTypeOf(defineAgent(agents.codex(undecided))).toEqualTypeOf<Agent<"a">>();
  });

  it("refuse a secret that the configuration does not have", () => {
    refused(() =>
      defineConfig({
        secrets,
        templates: {
          // @ts-expect-error: "antropic" is no key of secrets
          t: { agents: { claude: agents.claudeCode({ secretName: "antropic" }) } },
        },
      }),
    );
    refused(() =>
      defineConfig({
        secrets,
        // @ts-expect-error: "github" is no key of secrets
        templates: { t: { agents: { several } } },
      }),
    );
    // @ts-expect-error: there are no secrets at all
    refused(() => defineConfig({ templates: { t: { agents: { claude } } } }));
  });

  it("refuse a variable that the agent does not read", () => {
    refused(() =>
      // @ts-expect-error: did you mean CODEX_API_KEY?
      agents.codex({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" }),
    );
    refused(() =>
      // @ts-expect-error: did you mean OPENAI_API_KEY?
      agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KYE" }),
    );
  });

  it("refuse half a pair", () => {
    // @ts-expect-error: which variable depends on the provider
    refused(() => defineAgent(agents.aider({ secretName: "openai" })));
    // @ts-expect-error: an authEnvVar goes with a secretName
    refused(() => defineAgent(agents.codex({ authEnvVar: "CODEX_API_KEY" })));
    // @ts-expect-error: an authEnvVar goes with a secretName
    refused(() => defineAgent(agents.goose({ authEnvVar: "OPENAI_API_KEY" })));
  });

  it("refuse unknown fields, wrong values and unknown agents", () => {
    // @ts-expect-error: did you mean args?
    refused(() => defineAgent(agents.codex({ arg: [] })));
    // @ts-expect-error: no such choice
    refused(() => defineAgent(agents.codex({ onMissingSecret: "wran" })));
    // @ts-expect-error: an object is wanted
    refused(() => agents.codex("openai"));
    // @ts-expect-error: no such agent
    expect(agents.claudeCod).toBeUndefined();
  });

  it("know what the catalogue holds", () => {
    expectTypeOf(catalogue.claudeCode.authVariables).toHaveProperty("CLAUDE_CODE_OAUTH_TOKEN");
    expectTypeOf(catalogue.amp.defaultAuthVariable).toEqualTypeOf<"AMP_API_KEY" | undefined>();
    expectTypeOf(catalogue.aider.defaultAuthVariable).toEqualTypeOf<undefined>();
    expectTypeOf<keyof typeof agents>().toEqualTypeOf<keyof typeof catalogue>();
  });
});
