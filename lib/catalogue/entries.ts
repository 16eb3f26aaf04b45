import { ANTHROPIC, bearer, GOOGLE, OPENAI } from "./providers.ts";
import type { CatalogueEntry } from "./types.ts";

// The agents with a provider or an account of their own; the others are in per-provider.ts.

export const claudeCode: CatalogueEntry<
  "ANTHROPIC_API_KEY" | "ANTHROPIC_AUTH_TOKEN" | "CLAUDE_CODE_OAUTH_TOKEN",
  "ANTHROPIC_API_KEY"
> = {
  title: "Claude Code",
  package: "claude-code",
  program: "claude",
  unfree: true,
  authVariables: {
    ANTHROPIC_API_KEY: { ...ANTHROPIC, keyPrefix: "sk-ant-" },
    ANTHROPIC_AUTH_TOKEN: bearer("anthropic"),
    CLAUDE_CODE_OAUTH_TOKEN: {
      ...bearer("anthropic"),
      extraHeaders: { "anthropic-beta": "oauth-2025-04-20" },
    },
  },
  defaultAuthVariable: "ANTHROPIC_API_KEY",
  baseUrl: [{ variable: "ANTHROPIC_BASE_URL" }],
  stateDirectories: ["~/.claude"],
  stateFiles: ["~/.claude.json"],
  stateVariable: "CLAUDE_CONFIG_DIR",
  managedFiles: ["/etc/claude-code/managed-settings.json"],
  notes:
    "ANTHROPIC_BASE_URL does not end in /v1. Unless run with -p, it asks once whether to use ANTHROPIC_API_KEY. The setting apiKeyHelper names a program that prints a key.",
};

export const codex: CatalogueEntry<"CODEX_API_KEY" | "CODEX_ACCESS_TOKEN", "CODEX_API_KEY"> = {
  title: "Codex",
  package: "codex",
  program: "codex",
  unfree: false,
  authVariables: {
    CODEX_API_KEY: OPENAI,
    CODEX_ACCESS_TOKEN: bearer("chatgpt"),
  },
  defaultAuthVariable: "CODEX_API_KEY",
  baseUrl: [
    { file: "~/.codex/config.toml", key: "openai_base_url" },
    { file: "~/.codex/config.toml", key: "model_providers.<id>.base_url" },
  ],
  stateDirectories: ["~/.codex"],
  stateVariable: "CODEX_HOME",
  managedFiles: [
    "/etc/codex/requirements.toml",
    "/etc/codex/managed_config.toml",
    "/etc/codex/config.toml",
  ],
  notes:
    "Only `codex exec` reads CODEX_API_KEY. Elsewhere, a provider in config.toml names a variable with env_key, and the agent's `secrets` fills that. The directory that CODEX_HOME names must exist. Through a proxy, a provider needs supports_websockets = false.",
};

export const geminiCli: CatalogueEntry<"GEMINI_API_KEY" | "GOOGLE_API_KEY", "GEMINI_API_KEY"> = {
  title: "Gemini CLI",
  package: "gemini-cli",
  program: "gemini",
  unfree: false,
  authVariables: {
    GEMINI_API_KEY: GOOGLE,
    GOOGLE_API_KEY: { ...GOOGLE, provider: "google-vertex" },
  },
  defaultAuthVariable: "GEMINI_API_KEY",
  baseUrl: [
    { variable: "GOOGLE_GEMINI_BASE_URL", provider: "google" },
    { variable: "GOOGLE_VERTEX_BASE_URL", provider: "google-vertex" },
  ],
  stateDirectories: ["~/.gemini"],
  stateVariable: "GEMINI_CLI_HOME",
  managedFiles: ["/etc/gemini-cli/settings.json", "/etc/gemini-cli/system-defaults.json"],
  notes:
    "GEMINI_CLI_HOME names the directory that .gemini is in. GOOGLE_API_KEY needs GOOGLE_GENAI_USE_VERTEXAI=true. Older versions take GOOGLE_GEMINI_BASE_URL only with https, or for localhost.",
};

export const amp: CatalogueEntry<"AMP_API_KEY", "AMP_API_KEY"> = {
  title: "Amp",
  package: "amp-cli",
  program: "amp",
  unfree: true,
  authVariables: {
    AMP_API_KEY: { ...bearer("amp"), keyPrefix: "sgamp_" },
  },
  defaultAuthVariable: "AMP_API_KEY",
  baseUrl: [{ variable: "AMP_URL" }],
  stateDirectories: ["~/.config/amp", "~/.local/share/amp"],
  managedFiles: ["/etc/ampcode/managed-settings.json"],
};

export const cursor: CatalogueEntry<"CURSOR_API_KEY", "CURSOR_API_KEY"> = {
  title: "Cursor CLI",
  package: "cursor-cli",
  program: "cursor-agent",
  unfree: true,
  authVariables: {
    CURSOR_API_KEY: { provider: "cursor" },
  },
  defaultAuthVariable: "CURSOR_API_KEY",
  stateDirectories: ["~/.cursor"],
  stateVariable: "CURSOR_CONFIG_DIR",
  notes: "It has no documented setting for a base URL; it takes HTTPS_PROXY.",
};

export const copilot: CatalogueEntry<
  "COPILOT_GITHUB_TOKEN" | "GH_TOKEN" | "GITHUB_TOKEN" | "COPILOT_PROVIDER_API_KEY",
  "COPILOT_GITHUB_TOKEN"
> = {
  title: "Copilot CLI",
  package: "github-copilot-cli",
  program: "copilot",
  unfree: true,
  authVariables: {
    COPILOT_GITHUB_TOKEN: { provider: "github" },
    GH_TOKEN: { provider: "github" },
    GITHUB_TOKEN: { provider: "github" },
    COPILOT_PROVIDER_API_KEY: {},
  },
  defaultAuthVariable: "COPILOT_GITHUB_TOKEN",
  baseUrl: [{ variable: "COPILOT_PROVIDER_BASE_URL" }],
  stateDirectories: ["~/.copilot"],
  stateVariable: "COPILOT_HOME",
  notes:
    "It exchanges a GitHub token for one of its own. COPILOT_PROVIDER_API_KEY is a key of the provider that COPILOT_PROVIDER_TYPE and COPILOT_PROVIDER_BASE_URL name, and needs COPILOT_MODEL, but no GitHub token.",
};
