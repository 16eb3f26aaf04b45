import { defineConfig, pkgs } from "forage-nix";

export default defineConfig({
  // Where sops-nix or agenix puts each secret on the host.
  secrets: {
    anthropic: "/run/secrets/anthropic-api-key",
    openai: "/run/secrets/openai-api-key",
  },
  templates: {
    default: {
      agents: {
        claude: {
          package: pkgs("claude-code"),
          secretName: "anthropic",
          authEnvVar: "ANTHROPIC_API_KEY",
          unfreePackages: ["claude-code"],
        },
        aider: {
          package: pkgs("aider-chat"),
          secretName: "openai",
          authEnvVar: "OPENAI_API_KEY",
        },
      },
    },
  },
  // What `forage render` writes.
  outputs: { "wrappers.nix": "wrappers" },
});
