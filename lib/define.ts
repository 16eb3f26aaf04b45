import { agentSchema } from "./schema/agent.ts";
import { configSchema } from "./schema/config.ts";
import type { Config, ConfigInput, TemplateNames } from "./schema/config-types.ts";
import { agentRules, configRules, templateRules } from "./schema/rules.ts";
import { templateSchema } from "./schema/template.ts";
import type { Agent, AgentInput, Template, TemplateInput } from "./schema/types.ts";
import { validate } from "./schema/validate.ts";

/**
 * Checks one agent's definition and fills in its defaults. An agent needs no secret: one that runs a local model has none.
 *
 * @throws ForageError `definition` with every problem at once
 * @example
 * const claude = defineAgent({
 *   package: pkgs("claude-code"),
 *   secretName: "anthropic",
 *   authEnvVar: "ANTHROPIC_API_KEY",
 * });
 */
export function defineAgent<const Secret extends string = never>(
  input: AgentInput<Secret>,
): Agent<Secret> {
  return validate(agentSchema, agentRules, input) as Agent<Secret>;
}

/**
 * Checks a template, with all of its agents, and fills in its defaults.
 *
 * @throws ForageError `definition` with every problem at once
 * @example
 * const template = defineTemplate({ agents: { claude, aider }, extraPackages: [pkgs("git")] });
 */
export function defineTemplate<
  const Name extends string = string,
  const Secret extends string = never,
>(
  input: TemplateInput<{ readonly [N in Name]: AgentInput<Secret> }, Secret>,
): Template<Name, Secret> {
  return validate(templateSchema, templateRules, input) as Template<Name, Secret>;
}

/**
 * Checks a whole configuration. A secret that an agent names and `secrets` does not is an error, in TypeScript already, and
 * so is a template that a sandbox names and `templates` does not. For a template with `auth: "bridge"` a credential of the
 * `bridge` will do as well.
 *
 * @throws ForageError `definition` with every problem at once
 * @example
 * export default defineConfig({
 *   secrets: { anthropic: "/run/secrets/anthropic-api-key" },
 *   templates: { default: { agents: { claude } } },
 *   sandboxes: { alice: { template: "default", workspace: "/srv/alice" } },
 *   outputs: { "nix/sandboxes.nix": "nixos-module" },
 * });
 */
export function defineConfig<
  const Secret extends string = never,
  Names extends TemplateNames = TemplateNames,
  const SandboxName extends string = never,
  const Credential extends string = never,
>(
  input: ConfigInput<Secret, Names, SandboxName, Credential>,
): Config<Secret, Names, SandboxName, Credential> {
  return validate(configSchema, configRules, input) as unknown as Config<
    Secret,
    Names,
    SandboxName,
    Credential
  >;
}
