import dedent from "dedent";
import { FORMS } from "./forms.ts";
import { type Plan, type PlannedAgent, SANDBOX, TEMPLATE } from "./plan.ts";

const source = dedent.withOptions({ alignValues: true });

/** A plan as TypeScript, laid out as Biome and Prettier would. */
export function typescriptConfig(plan: Plan): string {
  const { agents, secrets, form, flake, output } = plan;
  const [what, where] = FORMS[form].use(output, flake);
  return `${source`
    import { agents, defineConfig } from "forage-nix";

    export default defineConfig({
      // The host's file for each secret, where sops-nix or agenix puts it. What is
      // written here is its path, never the key.
      secrets: {
        ${[...secrets].map(([name, file]) => `${property(name)}: ${text(file)},`).join("\n")}
      },
      templates: {
        // What the sandboxes that are made from it have in them.
        ${property(TEMPLATE)}: {
          // Each by the command that people type. See also: forage agents
          agents: {
            ${agents.map(agentEntry).join("\n")}
          },
          // More programs: extraPackages: ["git", "ripgrep"],
        },
      },
      sandboxes: {
        // A container that works in this directory of the host.
        ${property(SANDBOX.name)}: { template: ${text(TEMPLATE)}, workspace: ${text(SANDBOX.workspace)} },
      },
      // The files that \`forage render\` writes and \`forage check\` compares.
      outputs: {
        // ${what}
        // ${where}
        ${text(output)}: ${text(form)},
      },
    });
  `}\n`;
}

function agentEntry({ name, entry, secretName, authEnvVar }: PlannedAgent): string {
  const agent = `${property(entry.program)}: agents.${name}`;
  if (entry.defaultAuthVariable !== undefined)
    return `${agent}({ secretName: ${text(secretName)} }),`;
  return source`
    // It works with other providers too, by another variable.
    ${agent}({
      secretName: ${text(secretName)},
      authEnvVar: ${text(authEnvVar)},
    }),
  `;
}

function property(name: string): string {
  return /^[a-z]\w*$/i.test(name) ? name : text(name);
}

function text(value: string): string {
  return JSON.stringify(value);
}
