import type { Provider, ProviderFormat } from "./bridge-types.ts";
import { frozen } from "./frozen.ts";

/** The providers that are known, by the names that a configuration calls them. */
export type ProviderName =
  | "anthropic"
  | "anthropic-oauth"
  | "openai"
  | "google"
  | "openrouter"
  | "deepseek"
  | "groq"
  | "dashscope"
  | "amp"
  | "github"
  | "github-git";

/** What GitHub calls whoever shows a token in the scheme Basic; others do not look at it. */
export const USER_OF_TOKENS = "x-access-token";

// What agents ask for, and no more: a key may also delete files, read others' batches, or make keys.

const ANTHROPIC_API = [
  "POST /v1/messages",
  "POST /v1/messages/count_tokens",
  "GET /v1/models",
  "GET /v1/models/*",
];

const OPENAI_API = [
  "POST /v1/chat/completions",
  "POST /v1/responses",
  "POST /v1/responses/compact",
  "GET /v1/responses/*",
  "POST /v1/embeddings",
  "GET /v1/models",
  "GET /v1/models/*",
];

const GOOGLE_API = [
  "POST /v1beta/models/*:generateContent",
  "POST /v1beta/models/*:streamGenerateContent",
  "POST /v1beta/models/*:countTokens",
  "POST /v1beta/models/*:embedContent",
  "POST /v1beta/models/*:batchEmbedContents",
  "GET /v1beta/models",
  "GET /v1beta/models/*",
];

/**
 * Repositories can be read, and talked about in issues and pull requests. What changes code goes through git, where a
 * branch's rules hold; a merge, a setting, a key, a hook and whatever GraphQL can do are left to people.
 */
const GITHUB_API = [
  "GET /repos/**",
  "GET /search/**",
  "GET /user",
  "GET /users/*",
  "GET /orgs/*",
  "GET /orgs/*/repos",
  "GET /rate_limit",
  "POST /repos/*/*/issues",
  "PATCH /repos/*/*/issues/*",
  "POST /repos/*/*/issues/*/comments",
  "PATCH /repos/*/*/issues/comments/*",
  "POST /repos/*/*/issues/*/labels",
  "POST /repos/*/*/pulls",
  "PATCH /repos/*/*/pulls/*",
  "POST /repos/*/*/pulls/*/comments",
  "POST /repos/*/*/pulls/*/comments/*/replies",
  "POST /repos/*/*/pulls/*/requested_reviewers",
  "POST /repos/*/*/pulls/*/reviews",
];

/** Git's smart protocol: to list references, to fetch, and to push. */
const GIT = ["GET /*/*/info/refs", "POST /*/*/git-upload-pack", "POST /*/*/git-receive-pack"];

/** What all have in common that write as OpenAI does. */
function openaiLike(path: string): string[] {
  return [`POST ${path}/chat/completions`, `POST ${path}/embeddings`, `GET ${path}/models`];
}

/** What may be asked of a provider that says only how it writes; nothing where its API is not known. */
export const ALLOWED_BY_FORMAT: { readonly [F in ProviderFormat]: readonly string[] | undefined } =
  {
    anthropic: ANTHROPIC_API,
    openai: OPENAI_API,
    google: GOOGLE_API,
    github: GITHUB_API,
    plain: undefined,
  };

const USUAL = {
  user: undefined,
  headers: {},
  ca: undefined,
  allowPrivateAddress: false,
  allowHttp: false,
} as const;
const BEARER = { header: "authorization", scheme: "Bearer", ...USUAL } as const;

/** What is known of each. */
export const PROVIDERS: { readonly [N in ProviderName]: Provider } = frozen({
  anthropic: {
    ...USUAL,
    upstream: "https://api.anthropic.com",
    header: "x-api-key",
    scheme: undefined,
    format: "anthropic",
    allow: ANTHROPIC_API,
  },
  "anthropic-oauth": {
    ...BEARER,
    upstream: "https://api.anthropic.com",
    format: "anthropic",
    allow: ANTHROPIC_API,
    headers: { "anthropic-beta": "oauth-2025-04-20" },
  },
  openai: { ...BEARER, upstream: "https://api.openai.com", format: "openai", allow: OPENAI_API },
  google: {
    ...USUAL,
    upstream: "https://generativelanguage.googleapis.com",
    header: "x-goog-api-key",
    scheme: undefined,
    format: "google",
    allow: GOOGLE_API,
  },
  openrouter: {
    ...BEARER,
    upstream: "https://openrouter.ai",
    format: "openai",
    allow: [...openaiLike("/api/v1"), "POST /api/v1/responses", "GET /api/v1/models/**"],
  },
  deepseek: {
    ...BEARER,
    upstream: "https://api.deepseek.com",
    format: "openai",
    // The same API under two names.
    allow: [...openaiLike(""), ...openaiLike("/v1")],
  },
  groq: {
    ...BEARER,
    upstream: "https://api.groq.com",
    format: "openai",
    allow: [...openaiLike("/openai/v1"), "POST /openai/v1/responses", "GET /openai/v1/models/*"],
  },
  dashscope: {
    ...BEARER,
    upstream: "https://dashscope.aliyuncs.com",
    format: "openai",
    allow: openaiLike("/compatible-mode/v1"),
  },
  // Its API is its own, and documented nowhere.
  amp: {
    ...BEARER,
    upstream: "https://ampcode.com",
    format: "plain",
    allow: ["GET /api/**", "POST /api/**"],
  },
  github: { ...BEARER, upstream: "https://api.github.com", format: "github", allow: GITHUB_API },
  "github-git": {
    ...USUAL,
    upstream: "https://github.com",
    header: "authorization",
    scheme: "Basic",
    user: USER_OF_TOKENS,
    format: "plain",
    allow: GIT,
  },
});

export const PROVIDER_NAMES: readonly ProviderName[] = Object.keys(PROVIDERS) as ProviderName[];

export function isProviderName(name: unknown): name is ProviderName {
  return typeof name === "string" && Object.hasOwn(PROVIDERS, name);
}
