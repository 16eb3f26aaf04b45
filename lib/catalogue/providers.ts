import type { AuthVariable } from "./types.ts";

/** The keys of the providers that agents have in common. */
export const ANTHROPIC: AuthVariable = { provider: "anthropic", header: "x-api-key" };
export const DASHSCOPE: AuthVariable = bearer("dashscope");
export const DEEPSEEK: AuthVariable = bearer("deepseek");
export const GOOGLE: AuthVariable = { provider: "google", header: "x-goog-api-key" };
export const GROQ: AuthVariable = bearer("groq");
export const OPENAI: AuthVariable = bearer("openai");
export const OPENROUTER: AuthVariable = bearer("openrouter");

/** A key that goes in `authorization`. */
export function bearer(provider: string): AuthVariable {
  return { provider, header: "authorization", scheme: "Bearer" };
}
