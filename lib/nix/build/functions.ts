import type { Path } from "../../error.ts";
import { lift, type NixValue } from "../lift.ts";
import { isNode, isRemark } from "../node.ts";
import { refuse, shown } from "../refuse.ts";
import {
  type Nix,
  type NixPattern,
  type NixPatternField,
  type NixRemark,
  nixNode,
} from "../tree.ts";
import { checkIdentifier } from "./names.ts";

/**
 * A function's application: `apply(ref("lib", "mkIf"), condition, value)`.
 */
export function apply(fn: NixValue, ...args: readonly [NixValue, ...NixValue[]]): Nix {
  const lifted = lift(fn, ["fn"]);
  const rest = args.map((arg, index) => lift(arg, [index]));
  if (rest.length === 0) throw refuse([], "a function is applied to at least one argument");
  if (lifted.kind === "call")
    return { [nixNode]: true, kind: "call", fn: lifted.fn, args: [...lifted.args, ...rest] };
  return { [nixNode]: true, kind: "call", fn: lifted, args: rest };
}

/** A set pattern's parameters, and the name of the whole. */
export interface NixPatternInput {
  readonly args: readonly (string | NixPatternField | NixRemark)[];
  /** `as@{ … }` */
  readonly as?: string;
  /** @default "before" */
  readonly asSide?: "before" | "after";
}

/**
 * A function. A string is one parameter (`x: …`); a list is a set pattern, open when it ends in `"..."`.
 *
 * @throws ForageError `nix-value` when a parameter is no identifier or stands twice
 * @example fn(["pkgs", "lib", "..."], attrs({ a: 1 })) // { pkgs, lib, ... }: …
 */
export function fn(
  parameter: string | NixPatternInput["args"] | NixPatternInput,
  body: NixValue,
): Nix {
  if (typeof parameter === "string")
    return {
      [nixNode]: true,
      kind: "function",
      parameter: checkIdentifier(parameter, []),
      body: lift(body),
    };
  const input: NixPatternInput = isArgs(parameter) ? { args: parameter } : parameter;
  if (!Array.isArray(input?.args))
    throw refuse(
      [],
      `${shown(parameter)} is no parameter`,
      'pass its name, or a list of names such as ["pkgs", "..."]',
    );
  return { [nixNode]: true, kind: "function", parameter: pattern(input), body: lift(body) };
}

function isArgs(
  parameter: NixPatternInput["args"] | NixPatternInput,
): parameter is NixPatternInput["args"] {
  return Array.isArray(parameter);
}

function pattern({ args, as, asSide = "before" }: NixPatternInput): NixPattern {
  const open = args.at(-1) === "...";
  const names = new Set(as === undefined ? [] : [checkIdentifier(as, ["as"])]);
  const fields = (open ? args.slice(0, -1) : args).map((arg, index) => {
    const field = typeof arg === "string" ? optionalField(arg, undefined, [index]) : arg;
    if (isRemark(field)) return field;
    if (!isNode(field) || field.kind !== "field")
      throw refuse([index], `${shown(field)} is no parameter`, "pass its name, or optional()");
    if (names.has(field.name))
      throw refuse([index], `the parameter ${JSON.stringify(field.name)} stands twice`);
    names.add(field.name);
    return field;
  });
  if (names.size === (as === undefined ? 0 : 1) && fields.length > 0 && !open)
    throw refuse(
      [0],
      "a comment in a pattern needs a parameter after it",
      "put it before the function",
    );
  return { fields, open, as: as === undefined ? undefined : { name: as, side: asSide } };
}

/** A parameter with a default, in a set pattern: `fn([optional("debug", false)], …)`. */
export function optional(name: string, fallback: NixValue): NixPatternField {
  return optionalField(name, lift(fallback), []);
}

function optionalField(name: string, fallback: Nix | undefined, at: Path): NixPatternField {
  return { [nixNode]: true, kind: "field", name: checkIdentifier(name, at), fallback };
}
