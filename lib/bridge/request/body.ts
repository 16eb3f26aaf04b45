import type { ProviderFormat } from "../../schema/bridge-types.ts";
import { isRecord } from "../../schema/parts.ts";
import type { Refusal } from "../refusal.ts";
import { badBody, notAllowedModel } from "../refusals.ts";
import { type Member, membersOf, withMembers } from "./json-members.ts";

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

type Fields = Readonly<Record<string, unknown>>;

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
  return changed(policy, path, { json, members, value }, model);
}

function modelOf(format: ProviderFormat, path: string, { model }: Fields): string | undefined {
  if (format === "google") return modelInPath(format, path);
  return typeof model === "string" ? model : undefined;
}

/** The model, where the path says it. */
export function modelInPath(format: ProviderFormat, path: string): string | undefined {
  return format === "google" ? MODEL_IN_PATH.exec(path)?.[1] : undefined;
}

/** A body, and what stands in it. */
interface Document {
  readonly json: Buffer;
  readonly members: ReadonlyMap<string, Member>;
  readonly value: Fields;
}

type Edits = Map<string, unknown>;

function changed(
  { maxTokens, needsUsage, format }: BodyPolicy,
  path: string,
  document: Document,
  model: string | undefined,
): Checked {
  const edits: Edits = new Map();
  const rules: string[] = [];
  let { json } = document;
  if (maxTokens !== undefined && format === "google") {
    const capped = cappedConfig(document, maxTokens);
    if (capped === undefined) return wrong("generationConfig stands twice in the request's body");
    if (capped !== json) rules.push("max-tokens");
    json = capped;
  } else if (maxTokens !== undefined) {
    cap(edits, document.value, maxTokens, format, path);
    if (edits.size > 0) rules.push("max-tokens");
  }
  if (needsUsage && format === "openai" && path.endsWith("/chat/completions")) {
    askForUsage(edits, document.value);
    if (edits.has("stream_options")) rules.push("usage");
  }
  const body = edits.size === 0 ? json : withMembers(json, document.members, edits);
  return { kind: "passed", body, model, changed: rules.length === 0 ? undefined : rules.join(",") };
}

function askForUsage(edits: Edits, { stream, stream_options: options }: Fields): void {
  // Some take 1 and "true" for true.
  if (!stream || (isRecord(options) && options["include_usage"] === true)) return;
  edits.set("stream_options", { ...(isRecord(options) ? options : {}), include_usage: true });
}

function cap(
  edits: Edits,
  value: Fields,
  most: number,
  format: ProviderFormat,
  path: string,
): void {
  const names =
    format === "openai"
      ? ["max_tokens", "max_completion_tokens", "max_output_tokens"]
      : ["max_tokens"];
  const given = names.filter((name) => Object.hasOwn(value, name) && value[name] !== null);
  if (given.length === 0 && asksForText(path)) edits.set(unboundedName(format, path), most);
  for (const name of given) if (!isWithin(value[name], most)) edits.set(name, most);
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
function cappedConfig({ json, members, value }: Document, most: number): Buffer | undefined {
  const spelled = spellingsIn(value, ["generationConfig", "generation_config"]);
  if (spelled.length > 1) return undefined;
  const name = spelled[0] ?? "generationConfig";
  const config = value[name];
  if (!isRecord(config))
    return withMembers(json, members, new Map([[name, { maxOutputTokens: most }]]));
  const limits = spellingsIn(config, ["maxOutputTokens", "max_output_tokens"]);
  if (limits.length > 1) return undefined;
  const limit = limits[0] ?? "maxOutputTokens";
  if (isWithin(config[limit], most)) return json;
  const at = members.get(name)?.start ?? 0;
  // The nested object may hold a name twice.
  const nested = membersOf(json, at);
  return nested && withMembers(json, nested, new Map([[limit, most]]), at);
}

function spellingsIn(value: Fields, names: readonly string[]): string[] {
  return names.filter((name) => Object.hasOwn(value, name));
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === "number" && value >= 0 && value <= most;
}
