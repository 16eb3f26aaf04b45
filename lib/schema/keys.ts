const NAMED_KEYS = [
  ["an Anthropic key", "sk-ant-[A-Za-z0-9_-]{20,}"],
  // Text in front would make it the end of a word such as "desk-".
  ["an API key", "(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}"],
  ["a GitHub token", "(?:gh[opsru]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"],
  ["a GitLab token", "glpat-[A-Za-z0-9_-]{20,}"],
  ["a Google key", "AIza[A-Za-z0-9_-]{30,}"],
  ["a Slack token", "xox[a-z]-[A-Za-z0-9-]{10,}"],
  ["an Amp token", "sgamp_[A-Za-z0-9_-]{20,}"],
  ["a Groq key", "gsk_[A-Za-z0-9]{40,}"],
  ["an xAI key", "xai-[A-Za-z0-9]{40,}"],
  ["a Hugging Face token", "(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}"],
  ["an AWS key", "(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"],
  ["an age key", "AGE-SECRET-KEY-1[A-Z0-9]{20,}"],
  ["a signed token", "eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"],
  ["a private key", "-----BEGIN [A-Z0-9 ]*PRIVATE KEY"],
] as const;

const ANY_KEY = new RegExp(NAMED_KEYS.map(([, pattern]) => `(${pattern})`).join("|"), "g");

// Some agents want a placeholder in the shape of a key; a live key says none of these words.
const PLACEHOLDER = /placeholder|example|dummy|redacted/i;
// "sk-" in front of plain words is a name: a real key mixes in digits or capitals, or is one long run.
const WORDS = /^sk-[a-z]{1,15}(?:-[a-z]{1,15})+$/;

/** Which kind of live key a text seems to hold, such as "an Anthropic key". */
export function keyKind(text: string): string | undefined {
  for (const found of text.matchAll(ANY_KEY))
    if (isLive(found[0])) return NAMED_KEYS[found.slice(1).findIndex((group) => group)]?.[0];
  return undefined;
}

/** The text with "…" for every live key. */
export function withoutKeys(text: string): string {
  // A PEM block goes on after the header that gives it away.
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text)) return "…";
  return text.replace(ANY_KEY, (found) => (isLive(found) ? "…" : found));
}

function isLive(found: string): boolean {
  return !PLACEHOLDER.test(found) && !WORDS.test(found);
}
