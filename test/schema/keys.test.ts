import { describe, expect, it } from "vitest";
import { keyKind, withoutKeys } from "../../lib/schema/keys.ts";

// In pieces, so that no scanner takes this file for a leak.
const BODY = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd";
const LIVE = [
  ["an Anthropic key", `sk-ant-api03-${BODY}`],
  ["an Anthropic key", `sk-ant-${"a".repeat(20)}`],
  ["an API key", `sk-proj-${BODY}`],
  ["an API key", `sk-${"a".repeat(48)}`],
  ["an API key", `sk-or-v1-${"0123456789abcdef".repeat(4)}`],
  ["a GitHub token", `ghp_${BODY.slice(0, 36)}`],
  ["a GitHub token", `gho_${BODY.slice(0, 36)}`],
  ["a GitHub token", `github_pat_${BODY}`],
  ["a GitLab token", `glpat-${BODY.slice(0, 20)}`],
  ["a Google key", `AIza${BODY.slice(0, 35)}`],
  ["a Slack token", "xoxb-123456789012-abcdef"],
  ["an Amp token", `sgamp_user_${BODY}`],
  ["a Groq key", `gsk_${BODY}AbCdEfGhIjKl`],
  ["an xAI key", `xai-${BODY}AbCdEfGhIjKl`],
  ["a Hugging Face token", `hf_${BODY.slice(0, 34)}`],
  ["an AWS key", `AKIA${"ABCDEFGH23456789"}`],
  ["an age key", `AGE-SECRET-KEY-1${"QPZRY9X8GF2TVDW0S3JN"}`],
  ["a signed token", `eyJ${BODY}.eyJ${BODY}.${BODY}`],
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk"],
  ["a private key", "-----BEGIN PRIVATE KEY-----\nb3BlbnNzaC1rZXk"],
] as const;

const HARMLESS = [
  "sk-ant-placeholder",
  `sk-ant-placeholder-${BODY}`,
  `sgamp_placeholder_${BODY}`,
  "sk-ant-do-not-use-this-as-a-key",
  "sk-short",
  "task-management-2026-annual-report",
  "risk-assessment-2026-annual-report",
  "sk-learn-contrib-projects",
  "ghp_short",
  "AIza",
  "hf_transfer",
  "-----BEGIN CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----",
  "/run/secrets/anthropic-api-key",
  "ANTHROPIC_API_KEY",
];

describe("keyKind", () => {
  it.each(LIVE)("knows %s: %s", (kind, key) => {
    expect(keyKind(key)).toBe(kind);
    expect(keyKind(`--key=${key} --more`)).toBe(kind);
    expect(keyKind(`sk-ant-placeholder ${key}`)).toBe(kind);
  });

  it.each(HARMLESS)("leaves %s alone", (text) => {
    expect(keyKind(text)).toBeUndefined();
    expect(withoutKeys(text)).toBe(text);
  });
});

describe("withoutKeys", () => {
  it.each(LIVE)("takes %s out: %s", (_, key) => {
    const text = withoutKeys(`before ${key}`);
    expect(text).toContain("…");
    expect(text).not.toContain(key.slice(-10));
  });
});
