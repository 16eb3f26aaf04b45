import { FORMS } from "./forms.ts";
import { EXTERNAL_INTERFACE, type Plan, type PlannedAgent, SANDBOX, TEMPLATE } from "./plan.ts";

/** Where the next steps put the output of `forage schema`. */
export const SCHEMA_FILE = "forage.schema.json";

/** A plan as JSON, which takes no comments. */
export function jsonConfig({ agents, secrets, form, output }: Plan): string {
  const { hasSandboxes } = FORMS[form];
  const { name, workspace } = SANDBOX;
  const config = {
    $schema: `./${SCHEMA_FILE}`,
    secrets: Object.fromEntries(secrets),
    templates: { [TEMPLATE]: { agents: Object.fromEntries(agents.map(agentEntry)) } },
    ...(hasSandboxes && { sandboxes: { [name]: { template: TEMPLATE, workspace } } }),
    outputs: {
      [output]: hasSandboxes ? { kind: form, externalInterface: EXTERNAL_INTERFACE } : form,
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function agentEntry({ entry, secretName, authEnvVar }: PlannedAgent): [string, object] {
  const unfree = entry.unfree ? { unfreePackages: [entry.package] } : {};
  return [entry.program, { package: entry.package, secretName, authEnvVar, ...unfree }];
}
