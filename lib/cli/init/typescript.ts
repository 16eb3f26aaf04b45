import dedent from "dedent";
import { FORMS, type Form } from "./forms.ts";
import { EXTERNAL_INTERFACE, type Plan, type PlannedAgent, SANDBOX, TEMPLATE } from "./plan.ts";

const source = dedent.withOptions({ alignValues: true });

/** A plan as TypeScript, laid out as Biome and Prettier would. */
export function typescriptConfig(plan: Plan): string {
  const { agents, secrets, form, flake, output } = plan;
  const { hasSandboxes, use } = FORMS[form];
  const [what, where] = use(output, flake);
  const agentsOf = source`
    // Each by the command that people type. See also: forage agents
    agents: {
      ${agents.map(agentEntry).join("\n")}
    },
  `;
  return `${source`
    import { agents, defineConfig } from "forage-nix";

    export default defineConfig({
      // The host's file for each secret, where sops-nix or agenix puts it. What is
      // written here is its path, never the key.
      secrets: {
        ${[...secrets].map(([name, file]) => `${property(name)}: ${text(file)},`).join("\n")}
      },
      templates: {
        ${hasSandboxes ? sandboxTemplate(agentsOf) : wrapperTemplate(agentsOf)}
      },
      ${[...(hasSandboxes ? [SANDBOXES] : []), OUTPUTS_COMMENT].join("\n")}
      outputs: {
        // ${what}
        // ${where}
        ${text(output)}: ${hasSandboxes ? sandboxOutput(form) : text(form)},
      },
    });
  `}\n`;
}

const SANDBOXES = source`
  sandboxes: {
    // A container that works in this directory of the host.
    ${property(SANDBOX.name)}: { template: ${text(TEMPLATE)}, workspace: ${text(SANDBOX.workspace)} },
  },
`;
const OUTPUTS_COMMENT = "// The files that `forage render` writes and `forage check` compares.";

function sandboxTemplate(agents: string): string {
  return source`
    // What the sandboxes that are made from it have in them.
    ${property(TEMPLATE)}: {
      ${agents}
      // More programs: extraPackages: ["git", "ripgrep"],
    },
  `;
}

function wrapperTemplate(agents: string): string {
  return source`
    // The agents that have a wrapper.
    ${property(TEMPLATE)}: {
      ${agents}
    },
  `;
}

function sandboxOutput(form: Form): string {
  return source`
    {
      kind: ${text(form)},
      // The host's interface to the internet, for the sandboxes to share
      // (\`ip route\` shows it).
      externalInterface: ${text(EXTERNAL_INTERFACE)},
    }
  `;
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
