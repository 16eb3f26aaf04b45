import { z } from "zod";
import { path, pkgs } from "../nix/index.ts";
import { isExpression } from "../nix/node.ts";
import type { Nix } from "../nix/tree.ts";
import { holdsPathLiteral, literalText, ownVariableProblem } from "./expressions.ts";
import { nixText } from "./names.ts";
import { secretPath } from "./paths.ts";
import { show } from "./show.ts";
import {
  brokenBy,
  type NumberRule,
  numberBrokenBy,
  type Problem,
  type TextRule,
} from "./text-rule.ts";

/** Text that keeps a rule. */
export function text(rule: TextRule): z.ZodType<string> {
  return z
    .string()
    .superRefine((value, context) => report(context, brokenBy(value, rule)))
    .register(z.globalRegistry, keywords(rule));
}

/** What JSON Schema says of a text that keeps a rule. */
function keywords(rule: TextRule): z.core.JSONSchema.BaseSchema {
  const pattern = rule.find((clause) => clause.pattern)?.pattern;
  const not = rule.flatMap((clause) => clause.not?.source ?? []).join("|");
  const maxLength = rule.find((clause) => clause.maxBytes)?.maxBytes;
  return {
    type: "string",
    ...(pattern !== undefined && { pattern: pattern.source }),
    ...(not !== "" && { not: { pattern: not } }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

/** A whole number of a range. */
export function number(rule: NumberRule): z.ZodType<number> {
  const { minimum, maximum, not } = rule;
  return z
    .number()
    .superRefine((value, context) => report(context, numberBrokenBy(value, rule)))
    .register(z.globalRegistry, { type: "integer", minimum, maximum, ...(not && { not }) });
}

/** A number that may have a fraction: above zero, or zero as well. */
export function amount(what: string, least: "above zero" | "zero"): z.ZodType<number> {
  const isFit = (value: number) => (least === "zero" ? value >= 0 : value > 0);
  return z
    .number()
    .superRefine((value, context) => {
      if (!isFit(value))
        report(context, {
          message: `${value} cannot be ${what}: a number ${least === "zero" ? "from zero" : least}`,
          hint: "write 1, or 0.5",
        });
    })
    .register(z.globalRegistry, {
      type: "number",
      ...(least === "zero" ? { minimum: 0 } : { exclusiveMinimum: 0 }),
    });
}

/** An object of known fields. An unknown one's message is the names of those, for explain.ts to suggest from. */
export function fields<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape).join(" ");
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? names : undefined),
  });
}

/** An object whose property names keep a rule, as a frozen one without a prototype. */
export function record<T>(
  name: TextRule,
  member: z.ZodType<T>,
): z.ZodType<Readonly<Record<string, T>>> {
  // As a Map, because zod drops a property called `__proto__`.
  return z.preprocess(
    (value) => (isRecord(value) ? new Map(Object.entries(value)) : value),
    z.map(text(name), member).transform(toRecord),
  );
}

/** A package, as an expression or as dotted text. */
export function packageReference(): z.ZodType<Nix> {
  return z
    .unknown()
    .transform((value, context) => {
      const expression = parsePackage(value);
      if (expression !== undefined) return checkedExpression(expression, context);
      report(context, packageProblem(value));
      return z.NEVER;
    })
    .register(z.globalRegistry, keywords(PACKAGE));
}

/** The expression for a package, unless the value is none. */
export function parsePackage(value: unknown): Nix | undefined {
  if (isExpression(value)) return NEVER_PACKAGES.has(value.kind) ? undefined : value;
  if (typeof value !== "string" || brokenBy(value, PACKAGE) !== undefined) return undefined;
  const [first = "", ...rest] = value.split(".");
  return pkgs(first, ...rest);
}

/** A NixOS module to import: an expression, or a path beside the rendered file as text. */
export function moduleReference(): z.ZodType<Nix> {
  return z
    .unknown()
    .transform((value, context) => {
      if (isExpression(value) && !NEVER_MODULES.has(value.kind))
        return checkedExpression(value, context);
      if (typeof value === "string" && brokenBy(value, MODULE_PATH) === undefined)
        return path(value);
      report(context, moduleProblem(value));
      return z.NEVER;
    })
    .register(z.globalRegistry, keywords(MODULE_PATH));
}

/** The host's file of a secret: a path as text, or an expression for one. */
export function secretSource(): z.ZodType<string | Nix> {
  return z
    .unknown()
    .transform((value, context) => {
      const plain = isExpression(value) ? literalText(value) : value;
      // Nix would copy what a path literal names into its world-readable store.
      if (isExpression(plain) && !NEVER_TEXT.has(plain.kind) && !holdsPathLiteral(plain))
        return checkedExpression(plain, context);
      const problem =
        typeof plain === "string"
          ? brokenBy(plain, secretPath)
          : {
              message: `${show(value)} is no path of a secret on the host: text, or an expression for text`,
              hint: 'write it in quotes, such as "/run/secrets/anthropic-api-key": Nix copies a path literal into its store',
            };
      if (problem === undefined) return plain as string;
      report(context, problem);
      return z.NEVER;
    })
    .register(z.globalRegistry, keywords(secretPath));
}

function checkedExpression(expression: Nix, context: z.RefinementCtx): Nix {
  report(context, ownVariableProblem(expression));
  return expression;
}

function moduleProblem(value: unknown): Problem {
  return {
    message: `${show(value)} is no NixOS module: a path that starts with "./" or "../", or an expression`,
    hint: 'write a path beside the rendered file, such as "./claude.nix"',
  };
}

function packageProblem(value: unknown): Problem {
  const hint = 'write "claude-code", or pkgs("claude-code") in TypeScript';
  if (value === undefined)
    return { message: "is missing: every agent is a package's program", hint };
  const message = `${show(value)} is no package: names joined by dots, or an expression for one`;
  if (typeof value !== "string" || !value.startsWith("pkgs.")) return { message, hint };
  return { message, hint: `leave "pkgs." out: ${show(value.slice("pkgs.".length))}` };
}

const PACKAGE: TextRule = [
  {
    pattern: /^[a-zA-Z_][a-zA-Z0-9_'+-]*(?:\.[a-zA-Z_][a-zA-Z0-9_'+-]*)*$/,
    not: /^pkgs(?:\.|$)/,
    problem: packageProblem,
  },
];
const NEVER_PACKAGES: ReadonlySet<Nix["kind"]> = new Set([
  "number",
  "string",
  "path",
  "list",
  "function",
]);

const NEVER_MODULES: ReadonlySet<Nix["kind"]> = new Set(["number", "string", "list"]);
const NEVER_TEXT: ReadonlySet<Nix["kind"]> = new Set(["number", "path", "list", "set", "function"]);
const MODULE_PATH: TextRule = [
  { pattern: /^\.\.?(?:\/[a-zA-Z0-9._+-]+)+$/, problem: moduleProblem },
];

/** Text that can be written in Nix. */
export const plainText: z.ZodType<string> = text(nixText);

/** Whether a value is an object that `readPlain` copied. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !isExpression(value)
  );
}

function toRecord<T>(members: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  const copy: Record<string, T> = Object.create(null);
  for (const [name, member] of members) copy[name] = member;
  return Object.freeze(copy);
}

function report(context: z.RefinementCtx, problem: Problem | undefined): void {
  if (problem === undefined) return;
  const { message, hint } = problem;
  context.addIssue({ code: "custom", message, params: { hint } });
}
