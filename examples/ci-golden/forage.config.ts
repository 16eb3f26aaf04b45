import { agents, defineConfig } from "forage-nix";

export default defineConfig({
  secrets: { anthropic: "/run/secrets/anthropic-api-key" },
  templates: {
    default: {
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        opencode: agents.opencode({ secretName: "anthropic", authEnvVar: "ANTHROPIC_API_KEY" }),
      },
    },
  },
  outputs: {
    "nix/packages.nix": "packages",
    "nix/overlay.nix": "overlay",
  },
});
