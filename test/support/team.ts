import { defineConfig, pkgs } from "../../lib/index.ts";
import { ref, select, str } from "../../lib/nix/index.ts";

const claude = {
  package: pkgs("claude-code"),
  secretName: "anthropic",
  authEnvVar: "ANTHROPIC_API_KEY",
  unfreePackages: ["claude-code"],
} as const;

export const aider = {
  package: pkgs("aider-chat"),
  secretName: "openai",
  authEnvVar: "OPENAI_API_KEY",
} as const;

/** A package of a flake's input, for the system at hand. */
const codexPackage = select(
  ref("inputs"),
  "llm-agents",
  "packages",
  select(ref("pkgs"), "stdenv", "hostPlatform", "system"),
  "codex",
);

/** A team's configuration, with something of everything. */
export const team = defineConfig({
  secrets: {
    anthropic: ref("config", "sops", "secrets", "anthropic-api-key", "path"),
    openai: "/run/agenix/openai",
    github: str`${ref("config", "age", "secretsDir")}/github`,
    unused: "/run/secrets/unused",
  },
  templates: {
    default: {
      description: "For everyday work.",
      agents: { claude, aider },
      extraPackages: [pkgs("git"), "python3Packages.requests"],
    },
    review: {
      agents: {
        codex: { package: codexPackage, secrets: { CODEX_API_KEY: "openai", GH_TOKEN: "github" } },
      },
      user: { name: "reviewer", uid: 1100 },
      secretsMountPoint: "/run/agent-secrets",
      workspaceMountPoint: "/srv/review",
      bindMounts: { "/srv/mirror": { hostPath: "/var/lib/mirror" } },
      network: "none",
      ephemeral: false,
      stateVersion: "25.11",
      imports: ["./review.nix", ref("inputs", "home-manager", "nixosModules", "default")],
    },
    local: {
      agents: { ollama: { package: "ollama", args: ["run", "qwen3-coder"] } },
      network: "host",
    },
  },
  sandboxes: {
    alice: { template: "default", workspace: "/srv/alice" },
    bob: {
      template: "default",
      workspace: "/srv/bob",
      bindMounts: { "/home/agent/.config/aider": { hostPath: "/srv/aider", isReadOnly: false } },
      hostAddress: "192.168.7.1",
      localAddress: "192.168.7.2",
      autoStart: true,
    },
    ci: { template: "review", workspace: "/srv/ci" },
    scratch: { template: "local" },
  },
});

/** The same with nothing that comes from elsewhere than nixpkgs. */
export const small = defineConfig({
  secrets: { anthropic: "/run/secrets/anthropic-api-key" },
  templates: { default: { agents: { claude } } },
  sandboxes: { alice: { template: "default", workspace: "/srv/alice" } },
});
