import type { Endpoint } from "../schema/bridge-types.ts";
import { ENDPOINTS } from "../schema/endpoints.ts";
import { PROVIDERS } from "../schema/providers.ts";
import { bearer, keyAsUsual, keyOf } from "./providers.ts";
import type { AuthVariable, CatalogueEntry } from "./types.ts";

// The agents with a provider or an account of their own; the others are in per-provider.ts.

// Telemetry and the like would be asked of hosts that a sandbox does not reach.
const CLAUDE = {
  env: { ANTHROPIC_BASE_URL: "{url}", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" },
} as const;

export const claudeCode: CatalogueEntry<
  "ANTHROPIC_API_KEY" | "ANTHROPIC_AUTH_TOKEN" | "CLAUDE_CODE_OAUTH_TOKEN",
  "ANTHROPIC_API_KEY"
> = {
  title: "Claude Code",
  package: "claude-code",
  program: "claude",
  unfree: true,
  authVariables: {
    ANTHROPIC_API_KEY: keyOf("anthropic", CLAUDE, "sk-ant-"),
    ANTHROPIC_AUTH_TOKEN: { ...bearer("anthropic"), endpoint: CLAUDE },
    CLAUDE_CODE_OAUTH_TOKEN: {
      ...bearer("anthropic"),
      extraHeaders: PROVIDERS["anthropic-oauth"].headers,
      endpoint: { provider: "anthropic-oauth", ...CLAUDE },
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

/** TOML. The variable is that of the key, which other commands than `codex exec` do not read by themselves. */
const CODEX_PROVIDER =
  'name="forage-bridge",base_url="{url}/v1",env_key="CODEX_API_KEY",wire_api="responses",supports_websockets=false';

export const codex: CatalogueEntry<"CODEX_API_KEY" | "CODEX_ACCESS_TOKEN", "CODEX_API_KEY"> = {
  title: "Codex",
  package: "codex",
  program: "codex",
  unfree: false,
  authVariables: {
    CODEX_API_KEY: keyOf("openai", {
      args: ["-c", 'model_provider="forage"', "-c", `model_providers.forage={${CODEX_PROVIDER}}`],
    }),
    CODEX_ACCESS_TOKEN: {
      ...bearer("chatgpt"),
      endpoint: { unavailable: "Codex shows a token of ChatGPT's to ChatGPT alone" },
    },
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
    GEMINI_API_KEY: keyAsUsual("google", "GEMINI_API_KEY"),
    GOOGLE_API_KEY: {
      provider: "google-vertex",
      header: PROVIDERS.google.header,
      endpoint: { env: { GOOGLE_VERTEX_BASE_URL: "{url}" } },
    },
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
    "GEMINI_CLI_HOME names the directory that .gemini is in. GOOGLE_API_KEY needs GOOGLE_GENAI_USE_VERTEXAI=true. Older versions take GOOGLE_GEMINI_BASE_URL only with https, or for localhost; with it, 0.61 takes a prompt by -p only where ~/.gemini/settings.json has security.auth.selectedType = gemini-api-key, and in a folder that is trusted (GEMINI_CLI_TRUST_WORKSPACE=true).",
};

export const amp: CatalogueEntry<"AMP_API_KEY", "AMP_API_KEY"> = {
  title: "Amp",
  package: "amp-cli",
  program: "amp",
  unfree: true,
  authVariables: {
    AMP_API_KEY: { ...keyAsUsual("amp", "AMP_API_KEY"), keyPrefix: "sgamp_" },
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
    CURSOR_API_KEY: { provider: "cursor", endpoint: usual("CURSOR_API_KEY") },
  },
  defaultAuthVariable: "CURSOR_API_KEY",
  stateDirectories: ["~/.cursor"],
  stateVariable: "CURSOR_CONFIG_DIR",
  notes: "It has no documented setting for a base URL; it takes HTTPS_PROXY.",
};

const COPILOT_TOKEN: AuthVariable = {
  provider: "github",
  endpoint: usual("COPILOT_GITHUB_TOKEN"),
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
    COPILOT_GITHUB_TOKEN: COPILOT_TOKEN,
    GH_TOKEN: COPILOT_TOKEN,
    GITHUB_TOKEN: COPILOT_TOKEN,
    COPILOT_PROVIDER_API_KEY: {
      endpoint: { env: { COPILOT_PROVIDER_BASE_URL: "{url}/v1", COPILOT_OFFLINE: "true" } },
    },
  },
  defaultAuthVariable: "COPILOT_GITHUB_TOKEN",
  baseUrl: [{ variable: "COPILOT_PROVIDER_BASE_URL" }],
  stateDirectories: ["~/.copilot"],
  stateVariable: "COPILOT_HOME",
  notes:
    "It exchanges a GitHub token for one of its own. COPILOT_PROVIDER_API_KEY is a key of the provider that COPILOT_PROVIDER_TYPE and COPILOT_PROVIDER_BASE_URL name, and needs COPILOT_MODEL, but no GitHub token. Through the bridge its type is openai: for anthropic the base URL does not end in /v1.",
};

/** What holds for the variable whichever agent reads it. */
function usual(variable: string): Endpoint {
  return ENDPOINTS[variable] ?? {};
}
