import { agents, defineConfig, pkgs } from "forage-nix";
import { ref } from "forage-nix/nix";

/** Where sops-nix puts a secret: the host's own configuration knows. */
const sops = (name: string) => ref("config", "sops", "secrets", name, "path");

export default defineConfig({
  secrets: {
    anthropic: sops("anthropic-api-key"),
    openai: sops("openai-api-key"),
    github: sops("review-github-token"),
  },
  templates: {
    default: {
      description: "For everyday work, with the team's tools.",
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        aider: agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" }),
      },
      extraPackages: [pkgs("git"), pkgs("ripgrep"), pkgs("nodejs")],
    },
    review: {
      description: "Reads pull requests; it has a GitHub token, and everybody's patience.",
      agents: {
        claude: agents.claudeCode({
          secretName: "anthropic",
          secrets: { GH_TOKEN: "github" },
          args: ["--permission-mode", "plan"],
          onMissingSecret: "fail",
        }),
      },
      extraPackages: [pkgs("git"), pkgs("gh")],
      imports: ["./review.nix"],
    },
  },
  sandboxes: {
    alice: { template: "default", workspace: "/srv/agents/alice" },
    bob: { template: "default", workspace: "/srv/agents/bob" },
    review: { template: "review", workspace: "/srv/agents/review", autoStart: true },
  },
  outputs: {
    "nix/agents.nix": { kind: "flake-module", externalInterface: "enp1s0" },
  },
});
