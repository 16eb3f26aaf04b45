import type { Endpoint } from "../schema/bridge-types.ts";
import { keyAsUsual, keyOf, keyOfNoOther } from "./providers.ts";
import type { CatalogueEntry } from "./types.ts";

// The agents that work with any provider, and so have no default variable.

export const aider: CatalogueEntry<
  | "ANTHROPIC_API_KEY"
  | "OPENAI_API_KEY"
  | "GEMINI_API_KEY"
  | "OPENROUTER_API_KEY"
  | "DEEPSEEK_API_KEY"
  | "GROQ_API_KEY",
  never
> = {
  title: "aider",
  package: "aider-chat",
  program: "aider",
  unfree: false,
  authVariables: {
    ANTHROPIC_API_KEY: keyOf("anthropic", { env: { ANTHROPIC_API_BASE: "{url}" } }),
    OPENAI_API_KEY: keyOf("openai", { env: { OPENAI_API_BASE: "{url}/v1" } }),
    GEMINI_API_KEY: keyOf("google", { env: { GEMINI_API_BASE: "{url}/v1beta" } }),
    OPENROUTER_API_KEY: keyOf("openrouter", { env: { OPENROUTER_API_BASE: "{url}/api/v1" } }),
    DEEPSEEK_API_KEY: keyOf("deepseek", { env: { DEEPSEEK_API_BASE: "{url}/v1" } }),
    GROQ_API_KEY: keyOf("groq", { env: { GROQ_API_BASE: "{url}/openai/v1" } }),
  },
  baseUrl: [{ variable: "OPENAI_API_BASE", provider: "openai" }],
  stateDirectories: ["~/.aider"],
  stateFiles: ["~/.aider.conf.yml"],
  notes: "It writes its history to the workspace, in files whose names start with .aider.",
};

/** Where opencode finds a provider; two such settings of an agent become one. */
function opencodeAt(provider: string, path: string): Pick<Endpoint, "env"> {
  const config = { provider: { [provider]: { options: { baseURL: `{url}${path}` } } } };
  return { env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(config) } };
}

export const opencode: CatalogueEntry<
  | "ANTHROPIC_API_KEY"
  | "OPENAI_API_KEY"
  | "GOOGLE_GENERATIVE_AI_API_KEY"
  | "OPENROUTER_API_KEY"
  | "DEEPSEEK_API_KEY"
  | "GROQ_API_KEY"
  | "OPENCODE_API_KEY",
  never
> = {
  title: "opencode",
  package: "opencode",
  program: "opencode",
  unfree: false,
  authVariables: {
    ANTHROPIC_API_KEY: keyOf("anthropic", opencodeAt("anthropic", "/v1")),
    OPENAI_API_KEY: keyOf("openai", opencodeAt("openai", "/v1")),
    GOOGLE_GENERATIVE_AI_API_KEY: keyOf("google", opencodeAt("google", "/v1beta")),
    OPENROUTER_API_KEY: keyOf("openrouter", opencodeAt("openrouter", "/api/v1")),
    DEEPSEEK_API_KEY: keyOf("deepseek", opencodeAt("deepseek", "")),
    GROQ_API_KEY: keyOf("groq", opencodeAt("groq", "/openai/v1")),
    OPENCODE_API_KEY: { provider: "opencode", endpoint: opencodeAt("opencode", "/zen/v1") },
  },
  baseUrl: [{ file: "~/.config/opencode/opencode.json", key: "provider.<id>.options.baseURL" }],
  stateDirectories: ["~/.config/opencode", "~/.local/share/opencode"],
  managedFiles: ["/etc/opencode/opencode.json"],
  notes:
    "OPENCODE_CONFIG_CONTENT holds a whole configuration. Keys may also be in ~/.local/share/opencode/auth.json.",
};

export const goose: CatalogueEntry<
  "ANTHROPIC_API_KEY" | "OPENAI_API_KEY" | "GOOGLE_API_KEY" | "OPENROUTER_API_KEY" | "GROQ_API_KEY",
  never
> = {
  title: "goose",
  package: "goose-cli",
  program: "goose",
  unfree: false,
  authVariables: {
    ANTHROPIC_API_KEY: keyOf("anthropic", { env: { ANTHROPIC_HOST: "{url}" } }),
    OPENAI_API_KEY: keyOf("openai", { env: { OPENAI_HOST: "{url}" } }),
    GOOGLE_API_KEY: keyOf("google", { env: { GOOGLE_HOST: "{url}" } }),
    OPENROUTER_API_KEY: keyOf("openrouter", { env: { OPENROUTER_HOST: "{url}" } }),
    GROQ_API_KEY: keyOfNoOther("groq", "goose has no setting for another address than Groq's"),
  },
  baseUrl: [
    { variable: "ANTHROPIC_HOST", provider: "anthropic" },
    { variable: "OPENAI_HOST", provider: "openai" },
    { variable: "GOOGLE_HOST", provider: "google" },
    { variable: "OPENROUTER_HOST", provider: "openrouter" },
  ],
  stateDirectories: ["~/.config/goose", "~/.local/share/goose", "~/.local/state/goose"],
  stateVariable: "GOOSE_PATH_ROOT",
  notes:
    "GOOSE_PROVIDER and GOOSE_MODEL choose the provider and its model. OPENAI_HOST has no path: that is OPENAI_BASE_PATH. Where there is no keyring, GOOSE_DISABLE_KEYRING=1.",
};

const CRUSH_FILE = "Crush reads another address for that provider from its configuration alone";

export const crush: CatalogueEntry<
  "ANTHROPIC_API_KEY" | "OPENAI_API_KEY" | "GEMINI_API_KEY" | "OPENROUTER_API_KEY" | "GROQ_API_KEY",
  never
> = {
  title: "Crush",
  package: "crush",
  program: "crush",
  unfree: true,
  authVariables: {
    ANTHROPIC_API_KEY: keyOf("anthropic", { env: { ANTHROPIC_API_ENDPOINT: "{url}" } }),
    OPENAI_API_KEY: keyOf("openai", { env: { OPENAI_API_ENDPOINT: "{url}/v1" } }),
    GEMINI_API_KEY: keyOf("google", { env: { GEMINI_API_ENDPOINT: "{url}" } }),
    OPENROUTER_API_KEY: keyOfNoOther("openrouter", CRUSH_FILE),
    GROQ_API_KEY: keyOfNoOther("groq", CRUSH_FILE),
  },
  baseUrl: [{ file: "~/.config/crush/crush.json", key: "providers.<id>.base_url" }],
  stateDirectories: ["~/.config/crush", "~/.local/share/crush"],
  stateVariable: "CRUSH_GLOBAL_CONFIG",
  notes:
    "CRUSH_GLOBAL_CONFIG moves ~/.config/crush only. Newer versions prefer a crushrc beside crush.json, in which `provider add` takes --base-url.",
};

export const qwenCode: CatalogueEntry<
  "OPENAI_API_KEY" | "DASHSCOPE_API_KEY" | "ANTHROPIC_API_KEY" | "GEMINI_API_KEY",
  never
> = {
  title: "Qwen Code",
  package: "qwen-code",
  program: "qwen",
  unfree: false,
  authVariables: {
    OPENAI_API_KEY: keyOf("openai", { env: { OPENAI_BASE_URL: "{url}/v1" } }),
    DASHSCOPE_API_KEY: keyOfNoOther(
      "dashscope",
      "Qwen Code reads the address that goes with it from its settings alone",
    ),
    ANTHROPIC_API_KEY: keyOf("anthropic", { env: { ANTHROPIC_BASE_URL: "{url}" } }),
    GEMINI_API_KEY: keyAsUsual("google", "GEMINI_API_KEY"),
  },
  baseUrl: [
    { variable: "OPENAI_BASE_URL", provider: "openai" },
    { variable: "ANTHROPIC_BASE_URL", provider: "anthropic" },
  ],
  stateDirectories: ["~/.qwen"],
  stateVariable: "QWEN_HOME",
  managedFiles: ["/etc/qwen-code/settings.json", "/etc/qwen-code/system-defaults.json"],
  notes:
    "OPENAI_MODEL, ANTHROPIC_MODEL or GEMINI_MODEL beside the key, and the base URL, choose protocol and model; without them --auth-type does, or security.auth.selectedType in settings.json. There, a model's envKey names the variable: DASHSCOPE_API_KEY is read for models that name it.",
};
