import { agents, defineConfig, pkgs } from "forage-nix";

export default defineConfig({
  // Where agenix puts each secret on the host. No sandbox is given any of them.
  secrets: {
    anthropic: "/run/agenix/anthropic-api-key",
    openai: "/run/agenix/openai-api-key",
    github: "/run/agenix/github-token",
  },
  bridge: {
    // A key of an agent's needs no more than its variable; what it may ask for can be said here.
    credentials: {
      anthropic: {
        provider: "anthropic",
        policy: { models: ["claude-*"], maxTokens: 32_000 },
        limits: { dollarsPerDay: 100 },
      },
      git: { provider: "github-git", secret: "github" },
    },
    // Of each sandbox.
    limits: { requestsPerMinute: 120, dollarsPerDay: 20 },
  },
  templates: {
    default: {
      auth: "bridge",
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        codex: agents.codex({ secretName: "openai" }),
      },
      bridge: { credentials: ["git"] },
      extraPackages: [pkgs("ripgrep")],
    },
  },
  sandboxes: {
    website: { template: "default", workspace: "/srv/website" },
  },
  outputs: {
    "sandboxes.nix": "nixos-module",
  },
});
