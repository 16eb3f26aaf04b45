import { ANTHROPIC, DASHSCOPE, DEEPSEEK, GOOGLE, GROQ, OPENAI, OPENROUTER } from "./providers.ts";
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
    ANTHROPIC_API_KEY: ANTHROPIC,
    OPENAI_API_KEY: OPENAI,
    GEMINI_API_KEY: GOOGLE,
    OPENROUTER_API_KEY: OPENROUTER,
    DEEPSEEK_API_KEY: DEEPSEEK,
    GROQ_API_KEY: GROQ,
  },
  baseUrl: [{ variable: "OPENAI_API_BASE", provider: "openai" }],
  stateDirectories: ["~/.aider"],
  stateFiles: ["~/.aider.conf.yml"],
  notes: "It writes its history to the workspace, in files whose names start with .aider.",
};

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
    ANTHROPIC_API_KEY: ANTHROPIC,
    OPENAI_API_KEY: OPENAI,
    GOOGLE_GENERATIVE_AI_API_KEY: GOOGLE,
    OPENROUTER_API_KEY: OPENROUTER,
    DEEPSEEK_API_KEY: DEEPSEEK,
    GROQ_API_KEY: GROQ,
    OPENCODE_API_KEY: { provider: "opencode" },
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
    ANTHROPIC_API_KEY: ANTHROPIC,
    OPENAI_API_KEY: OPENAI,
    GOOGLE_API_KEY: GOOGLE,
    OPENROUTER_API_KEY: OPENROUTER,
    GROQ_API_KEY: GROQ,
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

export const crush: CatalogueEntry<
  "ANTHROPIC_API_KEY" | "OPENAI_API_KEY" | "GEMINI_API_KEY" | "OPENROUTER_API_KEY" | "GROQ_API_KEY",
  never
> = {
  title: "Crush",
  package: "crush",
  program: "crush",
  unfree: true,
  authVariables: {
    ANTHROPIC_API_KEY: ANTHROPIC,
    OPENAI_API_KEY: OPENAI,
    GEMINI_API_KEY: GOOGLE,
    OPENROUTER_API_KEY: OPENROUTER,
    GROQ_API_KEY: GROQ,
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
    OPENAI_API_KEY: OPENAI,
    DASHSCOPE_API_KEY: DASHSCOPE,
    ANTHROPIC_API_KEY: ANTHROPIC,
    GEMINI_API_KEY: GOOGLE,
  },
  baseUrl: [
    { variable: "OPENAI_BASE_URL", provider: "openai" },
    { variable: "ANTHROPIC_BASE_URL", provider: "anthropic" },
  ],
  stateDirectories: ["~/.qwen"],
  stateVariable: "QWEN_HOME",
  managedFiles: ["/etc/qwen-code/settings.json", "/etc/qwen-code/system-defaults.json"],
  notes:
    "In settings.json, security.auth.selectedType chooses the protocol, and a model's envKey the variable: DASHSCOPE_API_KEY is read for models that name it.",
};
