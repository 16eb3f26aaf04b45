import { agents, defineConfig, pkgs } from "../../lib/index.ts";
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

/** A host whose sandboxes ask the bridge, but for one. */
export const bridged = defineConfig({
  secrets: {
    anthropic: "/run/secrets/anthropic-api-key",
    openai: "/run/secrets/openai-api-key",
    github: ref("config", "sops", "secrets", "github-token", "path"),
  },
  bridge: {
    credentials: { git: { provider: "github-git", secret: "github" } },
    limits: { requestsPerMinute: 60, dollarsPerDay: 20 },
  },
  templates: {
    default: {
      description: "Without a network.",
      auth: "bridge",
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
        codex: agents.codex({ secretName: "openai", args: ["--full-auto"] }),
      },
      bridge: { credentials: ["git"] },
    },
    trusted: { agents: { claude } },
  },
  sandboxes: {
    alice: { template: "default", workspace: "/srv/alice", autoStart: true },
    bob: { template: "default", workspace: "/srv/bob" },
    carol: { template: "trusted" },
  },
});

/** A bridge with something of everything. */
export const bridge = defineConfig({
  secrets: { anthropic: "/run/agenix/anthropic" },
  bridge: {
    credentials: {
      claude: {
        provider: "anthropic",
        secret: "anthropic",
        policy: { models: ["claude-*"], maxTokens: 32_000, setHeaders: { "x-team": "a" } },
        limits: { tokensPerDay: 5_000_000, concurrentRequests: 16 },
      },
      gateway: {
        provider: {
          upstream: "http://10.0.0.7:8080/openai",
          header: "authorization",
          format: "openai",
          headers: { "x-tenant": "agents" },
          ca: "/etc/ssl/gateway.pem",
          allowPrivateAddress: true,
          allowHttp: true,
        },
        command: ["/run/current-system/sw/bin/gateway-token", "--short"],
        lifetimeSeconds: 60,
      },
    },
    prices: { "claude-*": { input: 3, output: 15, cacheRead: 0.3 } },
    audit: { directory: "/srv/audit", onFailure: "open" },
    hooks: "./hooks.ts",
    tcp: {
      address: "127.0.0.1",
      port: 8080,
      clients: { laptop: { credentials: ["claude"], tokenFile: "/run/agenix/laptop" } },
    },
    workers: 4,
    redis: "redis://127.0.0.1:6379",
  },
  templates: {
    default: {
      auth: "bridge",
      agents: {
        aider: agents.aider({ secretName: "gateway", authEnvVar: "OPENAI_API_KEY" }),
        several: agents.opencode({
          secrets: { ANTHROPIC_API_KEY: "claude", OPENAI_API_KEY: "gateway" },
          env: { OPENCODE_CONFIG_CONTENT: '{"autoupdate":false}', EDITOR: "vim -u NONE" },
        }),
      },
      bridge: { port: 7000, policy: { removeHeaders: ["x-trace"] }, limits: {} },
    },
  },
});
