import type { Diagnostic, Path } from "../error.ts";
import { printNix } from "../nix/print.ts";
import { checkBridge } from "./bridge-rules.ts";
import { checkEndpointVariables, checkTemplateBridge, usesBridge } from "./endpoint-rules.ts";
import { type Member, membersOf } from "./members.ts";
import { checkOutputs } from "./output-rules.ts";
import { isRecord, parsePackage } from "./parts.ts";
import { checkSandboxes, checkSandboxFields } from "./sandbox-rules.ts";
import { agentsOf, secretUses } from "./secret-uses.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";

// These rules read what a caller passed, not what the schema made of it, so that they speak up even when a field beside
// them has the wrong shape.

/** Checks a definition as a whole. */
export type Rules = (value: unknown) => readonly Diagnostic[];

/** What an agent's fields say together. */
export const agentRules: Rules = (agent) => checkAgent(agent, []);

/** What a template's fields say together. */
export const templateRules: Rules = (template) => checkTemplate(template, []);

/** What a configuration's fields say together. */
export const configRules: Rules = (config) => {
  if (!isRecord(config)) return [];
  const known = Object.keys(isRecord(config["secrets"]) ? config["secrets"] : {});
  const ofTemplates = membersOf(config["templates"], ["templates"]).flatMap(([template, path]) => [
    ...checkTemplate(template, path),
    ...(usesBridge(template) ? [] : checkSecretNames(template, path, known)),
  ]);
  return [
    ...ofTemplates,
    ...checkBridge(config),
    ...checkSandboxes(config),
    ...checkOutputs(config),
  ];
};

function checkSecretNames(template: unknown, path: Path, known: readonly string[]): Diagnostic[] {
  const names: ReadonlySet<unknown> = new Set(known);
  return agentsOf(template, path)
    .flatMap(([agent, at]) => secretUses(agent, at))
    .filter(({ secret }) => typeof secret === "string" && !names.has(secret))
    .map(({ secret, secretPath }) => ({
      path: secretPath,
      message: `${show(secret)} is no secret of this configuration`,
      hint: suggest(
        secret,
        known,
        'add it to "secrets" with its path on the host, such as "/run/secrets/anthropic-api-key"',
      ),
    }));
}

function checkTemplate(template: unknown, path: Path): Diagnostic[] {
  const agents = agentsOf(template, path);
  return [
    ...agents.flatMap(([agent, at]) => checkAgent(agent, at)),
    ...checkExtraPackages(template, path, agents),
    ...checkTemplateBridge(template, path),
    ...checkSandboxFields(template, path),
  ];
}

function checkExtraPackages(
  template: unknown,
  path: Path,
  agents: readonly Member[],
): Diagnostic[] {
  const extra = isRecord(template) ? template["extraPackages"] : undefined;
  if (!Array.isArray(extra) || extra.length === 0) return [];
  const wrapped = new Map<string, string>();
  for (const [agent, , name] of agents) {
    const text = isRecord(agent) ? packageText(agent["package"]) : undefined;
    if (text !== undefined) wrapped.set(text, name);
  }
  // Two programs of one name would collide in the profile.
  return extra.flatMap((item, index) => {
    const text = packageText(item);
    const name = text === undefined ? undefined : wrapped.get(text);
    if (name === undefined) return [];
    return {
      path: [...path, "extraPackages", index],
      message: `the package of the agent ${show(name)} would stand beside its own wrapper, and start without its secret`,
      hint: "leave it out: the wrapper brings the package along",
    };
  });
}

function packageText(value: unknown): string | undefined {
  const expression = parsePackage(value);
  return expression && printNix(expression);
}

function checkAgent(agent: unknown, path: Path): Diagnostic[] {
  if (!isRecord(agent)) return [];
  const { secretName, authEnvVar, env } = agent;
  const found: Diagnostic[] = [];
  if (secretName !== undefined && authEnvVar === undefined)
    found.push({
      path: [...path, "authEnvVar"],
      message: `is missing: the agent reads its secret ${show(secretName)} from a variable`,
      hint: 'name the variable, such as "ANTHROPIC_API_KEY"',
    });
  if (authEnvVar !== undefined && secretName === undefined)
    found.push({
      path: [...path, "secretName"],
      message: `is missing: something has to be in the variable ${show(authEnvVar)}`,
      hint: 'name the secret, such as "anthropic"',
    });
  const plain: ReadonlySet<string> = new Set(isRecord(env) ? Object.keys(env) : []);
  const seen = new Set<unknown>();
  for (const { variable, variablePath } of secretUses(agent, path)) {
    if (typeof variable !== "string") continue;
    if (seen.has(variable))
      found.push({
        path: variablePath,
        message: `the variable ${show(variable)} stands for two secrets`,
        hint: "keep one of them",
      });
    if (plain.has(variable))
      found.push({
        path: [...path, "env", variable],
        message: `the variable ${show(variable)} is a secret's too`,
        hint: 'leave it out of "env"',
      });
    seen.add(variable);
  }
  return [...found, ...checkEndpointVariables(agent, path)];
}
