import { type Plan, type PlannedAgent, SANDBOX, TEMPLATE } from "./plan.ts";

/** Where the next steps put the output of `forage schema`. */
export const SCHEMA_FILE = "forage.schema.json";

/** A plan as JSON, which takes no comments. */
export function jsonConfig({ agents, secrets, form, output }: Plan): string {
  const config = {
    $schema: `./${SCHEMA_FILE}`,
    secrets: Object.fromEntries(secrets),
    templates: { [TEMPLATE]: { agents: Object.fromEntries(agents.map(agentEntry)) } },
    sandboxes: { [SANDBOX.name]: { template: TEMPLATE, workspace: SANDBOX.workspace } },
    outputs: { [output]: form },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function agentEntry({ entry, secretName, authEnvVar }: PlannedAgent): [string, object] {
  const unfree = entry.unfree ? { unfreePackages: [entry.package] } : {};
  return [entry.program, { package: entry.package, secretName, authEnvVar, ...unfree }];
}
