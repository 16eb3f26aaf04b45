import type { ProviderFormat } from "../../schema/bridge-types.ts";
import { isRecord } from "../../schema/parts.ts";
import type { Refusal } from "../refusal.ts";
import { badBody, notAllowedModel } from "../refusals.ts";
import { membersOf, withMember } from "./json-members.ts";

/** What is looked at, and changed, in the body of a request. */
export interface BodyPolicy {
  readonly format: ProviderFormat;
  /** A model has to match one of each list. */
  readonly models: readonly (readonly RegExp[])[];
  readonly maxTokens: number | undefined;
  /** Whether the answer has to say how many tokens it took. */
  readonly needsUsage: boolean;
}

export type Checked =
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly model?: string | undefined }
  | {
      readonly kind: "passed";
      readonly body: Buffer;
      readonly model: string | undefined;
      readonly changed: string | undefined;
    };

export function looksAtBodies({ models, maxTokens, needsUsage, format }: BodyPolicy): boolean {
  return models.length > 0 || maxTokens !== undefined || (needsUsage && format === "openai");
}

const MODEL_IN_PATH = /\/models\/([^/:]+)/;

/** Members by which what is asked for is decided; under another capitalisation some servers read them all the same. */
const DECISIVE: ReadonlyMap<string, string> = new Map(
  [
    "model",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "stream",
    "stream_options",
    "generationConfig",
    "generation_config",
  ].map((name) => [folded(name), name]),
);

/** Go's JSON reader takes a long s for an s, and a Kelvin sign for a k, as well. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

const wrong = (message: string): Checked => ({ kind: "refused", refusal: badBody(message) });

/** Checks a request's body by a policy, and changes what that says: nothing else in it, byte for byte. */
export function checkBody(policy: BodyPolicy, path: string, json: Buffer): Checked {
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch {
    return wrong("the request's body is no JSON, and its model cannot be checked");
  }
  if (!isRecord(value)) return wrong("the request's body is no JSON object");
  const members = membersOf(json);
  if (members === undefined) return wrong("a name stands twice in the request's body");
  for (const name of members.keys()) {
    const meant = DECISIVE.get(folded(name));
    if (meant !== undefined && meant !== name) return wrong(`write ${JSON.stringify(meant)} so`);
  }
  const model = modelOf(policy.format, path, value);
  if (policy.models.length > 0) {
    if (model === undefined) return wrong("the request names no model");
    if (!policy.models.every((list) => list.some((one) => one.test(model))))
      return { kind: "refused", model, refusal: notAllowedModel(model) };
  }
  return changed(policy, path, json, value, model);
}

function modelOf(
  format: ProviderFormat,
  path: string,
  body: Readonly<Record<string, unknown>>,
): string | undefined {
  if (format === "google") return MODEL_IN_PATH.exec(path)?.[1];
  const { model } = body as { model?: unknown };
  return typeof model === "string" ? model : undefined;
}

/** The model, where the path says it. */
export function modelInPath(format: ProviderFormat, path: string): string | undefined {
  return format === "google" ? MODEL_IN_PATH.exec(path)?.[1] : undefined;
}

function changed(
  policy: BodyPolicy,
  path: string,
  json: Buffer,
  value: Readonly<Record<string, unknown>>,
  model: string | undefined,
): Checked {
  const { maxTokens, needsUsage, format } = policy;
  let body = json;
  const rules: string[] = [];
  if (maxTokens !== undefined) {
    const capped =
      format === "google"
        ? cappedConfig(body, value, maxTokens)
        : cappedAt(body, value, maxTokens, format, path);
    if (capped === undefined) return wrong("generationConfig stands twice in the request's body");
    if (capped !== body) rules.push("max-tokens");
    body = capped;
  }
  if (
    needsUsage &&
    format === "openai" &&
    path.endsWith("/chat/completions") &&
    // Some take 1 and "true" for true.
    value["stream"]
  ) {
    const options = value["stream_options"];
    if (!isRecord(options) || options["include_usage"] !== true) {
      body = withMember(body, "stream_options", {
        ...(isRecord(options) ? options : {}),
        include_usage: true,
      });
      rules.push("usage");
    }
  }
  return { kind: "passed", body, model, changed: rules.length === 0 ? undefined : rules.join(",") };
}

function cappedAt(
  json: Buffer,
  value: Readonly<Record<string, unknown>>,
  most: number,
  format: ProviderFormat,
  path: string,
): Buffer {
  const names =
    format === "openai"
      ? ["max_tokens", "max_completion_tokens", "max_output_tokens"]
      : ["max_tokens"];
  const given = names.filter((name) => Object.hasOwn(value, name) && value[name] !== null);
  if (given.length === 0)
    return asksForText(path) ? withMember(json, unboundedName(format, path), most) : json;
  return given.reduce(
    (body, name) => (isWithin(value[name], most) ? body : withMember(body, name, most)),
    json,
  );
}

/** Embeddings and token counts have no tokens to cap. */
function asksForText(path: string): boolean {
  return /\/(?:messages|completions|responses)$/.test(path);
}

function unboundedName(format: ProviderFormat, path: string): string {
  if (format !== "openai" || (/\/completions$/.test(path) && !path.endsWith("/chat/completions")))
    return "max_tokens";
  return path.endsWith("/responses") ? "max_output_tokens" : "max_completion_tokens";
}

/** Google takes both spellings of a name. */
function cappedConfig(
  json: Buffer,
  value: Readonly<Record<string, unknown>>,
  most: number,
): Buffer | undefined {
  const spelled = ["generationConfig", "generation_config"].filter((name) =>
    Object.hasOwn(value, name),
  );
  if (spelled.length > 1) return undefined;
  const name = spelled[0] ?? "generationConfig";
  const config = value[name];
  if (!isRecord(config)) return withMember(json, name, { maxOutputTokens: most });
  const limits = ["maxOutputTokens", "max_output_tokens"].filter((one) =>
    Object.hasOwn(config, one),
  );
  if (limits.length > 1) return undefined;
  const limit = limits[0] ?? "maxOutputTokens";
  if (isWithin(config[limit], most)) return json;
  const at = membersOf(json)?.get(name)?.start ?? 0;
  // The nested object may hold a name twice.
  return membersOf(json, at) === undefined ? undefined : withMember(json, limit, most, at);
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}
