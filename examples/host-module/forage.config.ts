import { agents, defineConfig, pkgs } from "forage-nix";

export default defineConfig({
  // Where agenix puts each secret on the host.
  secrets: {
    anthropic: "/run/agenix/anthropic-api-key",
    google: "/run/agenix/gemini-api-key",
  },
  templates: {
    default: {
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        gemini: agents.geminiCli({ secretName: "google" }),
      },
      extraPackages: [pkgs("git")],
      // Settings and sessions outlive the sandbox, whose root file system does not.
      bindMounts: {
        "/home/agent/.claude": { hostPath: "/var/lib/agents/claude", isReadOnly: false },
      },
    },
  },
  sandboxes: {
    website: { template: "default", workspace: "/srv/website" },
    scratch: { template: "default" },
  },
  outputs: {
    "sandboxes.nix": { kind: "nixos-module", externalInterface: "eth0" },
  },
});
