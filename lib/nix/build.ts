import type { Path } from "../error.ts";
import { commentLines } from "./comments.ts";
import { checkDuplicates } from "./duplicates.ts";
import { checkText, lift, liftFloat, liftInteger, type NixValue, refuse } from "./lift.ts";
import { isIdentifier } from "./names.ts";
import { identifierNode, isNode, selectNode, stringNode } from "./node.ts";
import {
  type BinaryOperator,
  type Nix,
  type NixAttrName,
  type NixAttrPath,
  type NixBinding,
  type NixBlankLine,
  type NixComment,
  type NixEntry,
  type NixInherit,
  type NixPattern,
  type NixPatternField,
  type NixRemark,
  nixNode,
} from "./tree.ts";

/**
 * A variable, and optionally attributes of it: `ref("lib", "getExe")` is `lib.getExe`. Each attribute is one name, so a
 * dot in it is quoted, never split.
 *
 * @throws ForageError `nix-value` when the variable is no identifier, or a name is no text that Nix can hold
 */
export function ref(variable: string, ...attributes: readonly string[]): Nix {
  const from = identifierNode(checkIdentifier(variable, []));
  if (attributes.length === 0) return from;
  return selectNode(
    from,
    attributes.map((name, index) => checkName(name, [index + 1])),
    undefined,
  );
}

/**
 * A package: `pkgs("python3Packages", "requests")` is `pkgs.python3Packages.requests`.
 *
 * @throws ForageError `nix-value` when there is no name, or a name is empty or no text that Nix can hold
 */
export function pkgs(...names: readonly [string, ...string[]]): Nix {
  for (const [index, name] of names.entries())
    if (name === "") throw refuse([index], "a package's name is empty", 'name it: pkgs("hello")');
  if (names.length === 0)
    throw refuse([], "a package needs a name", 'name it: pkgs("hello"), or write ref("pkgs")');
  return ref("pkgs", ...names);
}

/**
 * A whole number.
 *
 * @throws ForageError `nix-value` when it is no integer of 64 bits
 */
export function int(value: number | bigint): Nix {
  if (typeof value === "bigint") return liftInteger(value, []);
  if (Number.isSafeInteger(value)) return liftInteger(BigInt(value), []);
  throw refuse([], `${value} is no integer that JavaScript holds exactly`, "pass a bigint");
}

/**
 * A floating-point number, also when it is whole: `float(1)` is `1.0`.
 *
 * @throws ForageError `nix-value` when it is not finite
 */
export function float(value: number): Nix {
  return liftFloat(value, []);
}

/**
 * A path literal (`./x`, `../x`, `/x`, `~/x`). Nix **copies what it names into the world-readable store** as soon as it
 * becomes a string, so a secret's or a host's path must be a string instead. Strings and expressions alternate as they
 * come: `path("./", version, "/patch")`.
 *
 * @throws ForageError `nix-value` when Nix would not read it as a path
 */
export function path(...parts: readonly [string, ...(string | Nix)[]]): Nix {
  const shape = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (!/^(?:~|[a-zA-Z0-9._+-]*)(?:\/[a-zA-Z0-9._+~-]+)+$/.test(shape) || !parts[0].includes("/"))
    throw refuse(
      [],
      `${JSON.stringify(shape)} is no path literal: it needs a "/" followed by letters, digits or ._+~-`,
      "pass it as a string, or append a string to a path with op()",
    );
  return { [nixNode]: true, kind: "path", parts };
}

/**
 * A path that is looked up in NIX_PATH: `searchPath("nixpkgs/lib")` is `<nixpkgs/lib>`.
 *
 * @throws ForageError `nix-value` when Nix would not read it as one
 */
export function searchPath(name: string): Nix {
  if (!/^[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*$/.test(name))
    throw refuse([], `${JSON.stringify(name)} is no search path`, 'name it like "nixpkgs/lib"');
  return { [nixNode]: true, kind: "path", parts: [`<${name}>`] };
}

/**
 * A string with holes: a hole that is text or a number is spliced as text, an expression is interpolated.
 *
 * @example str`${pkgs("bash")}/bin/bash` // "${pkgs.bash}/bin/bash"
 */
export function str(
  texts: TemplateStringsArray,
  ...holes: readonly (Nix | string | number | bigint)[]
): Nix {
  return stringNode(templateParts(texts.map(cookedText), holes), false);
}

/**
 * Text over several lines, as `''…''` where Nix reads that back unchanged and as `"…"` where it would not (a carriage
 * return, lines of spaces only, an indentation that all lines share).
 *
 * @example indented("echo one\necho two\n")
 */
export function indented(...parts: readonly (string | Nix)[]): Nix {
  return stringNode(mergeText(parts), true);
}

function cookedText(text: string | undefined, index: number): string {
  if (text === undefined)
    throw refuse([index], "the template has an escape that JavaScript cannot read");
  return text;
}

function templateParts(
  texts: readonly string[],
  holes: readonly (Nix | string | number | bigint)[],
): (string | Nix)[] {
  const parts: (string | Nix)[] = [];
  for (const [index, text] of texts.entries()) {
    parts.push(text);
    const hole = holes[index];
    if (hole !== undefined) parts.push(typeof hole === "object" ? hole : String(hole));
  }
  return mergeText(parts);
}

function mergeText(parts: readonly (string | Nix)[]): (string | Nix)[] {
  const merged: (string | Nix)[] = [];
  for (const [index, part] of parts.entries()) {
    const last = merged.at(-1);
    if (typeof part !== "string") merged.push(lift(part, [index]));
    else if (part !== "")
      if (typeof last === "string") merged[merged.length - 1] = last + checkText(part, [index]);
      else merged.push(checkText(part, [index]));
  }
  return merged;
}

/**
 * A list. Comments and blank lines may stand between the items.
 *
 * @throws ForageError `nix-value`, with each place that holds something Nix cannot
 */
export function list(items: Iterable<NixValue | NixRemark>): Nix {
  return lift([...items]);
}

/** What `attrs` takes: plain members, or bindings, inherits and remarks in their order. */
export type NixMembers =
  | ReadonlyMap<string, NixValue | undefined>
  | { readonly [name: string]: NixValue | undefined }
  | readonly NixEntry[];

/**
 * An attribute set. A member that is plain data with a single member of its own is written as one path:
 * `attrs({ a: { b: 1 } })` is `{ a.b = 1; }`. Entries that come as a list are written as they are.
 *
 * @throws ForageError `nix-value` with each place that holds something Nix cannot, or that sets an attribute twice
 * @example attrs([comment("why"), bind(["services", "nginx", "enable"], true), inherit("lib")])
 */
export function attrs(members: NixMembers): Nix {
  return { [nixNode]: true, kind: "set", recursive: false, entries: entriesOf(members) };
}

/** A recursive attribute set: its members see each other. */
export function recAttrs(members: NixMembers): Nix {
  return { [nixNode]: true, kind: "set", recursive: true, entries: entriesOf(members) };
}

function entriesOf(members: NixMembers): readonly NixEntry[] {
  if (!isEntries(members)) {
    const set = lift(members);
    return set.kind === "set" ? set.entries : [];
  }
  for (const [index, entry] of members.entries())
    if (!isNode(entry) || !["binding", "inherit", "comment", "blank"].includes(entry.kind))
      throw refuse([index], "a set's entry is a bind(), inherit(), comment() or blankLine()");
  checkDuplicates(members);
  return [...members];
}

function isEntries(members: NixMembers): members is readonly NixEntry[] {
  return Array.isArray(members);
}

/** An attribute's name, or its path: text is one static name, an expression a dynamic one. */
export type NixAttrPathInput = NixAttrName | readonly [NixAttrName, ...NixAttrName[]];

/**
 * `path = value;`
 *
 * @example bind(["environment", "systemPackages"], [pkgs("hello")])
 */
export function bind(path: NixAttrPathInput, value: NixValue): NixBinding {
  const names = attrPath(path);
  return {
    [nixNode]: true,
    kind: "binding",
    path: names,
    value: lift(
      value,
      names.map((name) => (typeof name === "string" ? name : "${…}")),
    ),
  };
}

function attrPath(path: NixAttrPathInput): NixAttrPath {
  if (typeof path === "string" || isNode(path)) return [attrPathName(path, [])];
  if (path.length === 0) throw refuse([], "an attribute path needs a name");
  return path.map((name, index) => attrPathName(name, [index]));
}

function attrPathName(name: NixAttrName, at: Path): NixAttrName {
  if (typeof name === "string") return checkName(name, at);
  const lifted = lift(name, at);
  // An attribute's name cannot be a `''…''` string.
  return lifted.kind === "string" ? stringNode(lifted.parts, false) : lifted;
}

function checkName(name: string, at: Path): string {
  if (typeof name !== "string") throw refuse(at, "an attribute's name is text");
  return checkText(name, at);
}

function checkIdentifier(name: string, at: Path): string {
  if (typeof name === "string" && isIdentifier(name)) return name;
  throw refuse(
    at,
    `${JSON.stringify(name)} is no variable's name: letters, digits, _ ' and -, not starting with a digit, and no keyword`,
  );
}

/** `inherit a b;` */
export function inherit(...names: readonly string[]): NixInherit {
  return { [nixNode]: true, kind: "inherit", from: undefined, names: inheritNames(names) };
}

/** `inherit (from) a b;` */
export function inheritFrom(from: NixValue, ...names: readonly string[]): NixInherit {
  return { [nixNode]: true, kind: "inherit", from: lift(from), names: inheritNames(names) };
}

function inheritNames(names: readonly string[]): readonly string[] {
  return names.map((name, index) => checkName(name, [index]));
}

/** A comment on lines of its own, before the next entry, item or parameter. */
export function comment(text: string): NixComment {
  return { [nixNode]: true, kind: "comment", style: "line", lines: commentLines(text, []) };
}

/**
 * A doc comment (RFC 145) before the next entry.
 *
 * @throws ForageError `nix-value` when the text is empty or holds the comment's own end
 */
export function docComment(text: string): NixComment {
  if (text.includes("*/"))
    throw refuse([], 'a doc comment ends at "*/"', "take it out of the text");
  const lines = commentLines(text, []);
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) throw refuse([], "a doc comment needs a text", "leave it out");
  const last = lines.findLastIndex((line) => line !== "");
  return { [nixNode]: true, kind: "comment", style: "doc", lines: lines.slice(first, last + 1) };
}

/** An empty line before the next entry, item or parameter. */
export function blankLine(): NixBlankLine {
  return { [nixNode]: true, kind: "blank" };
}

/**
 * An attribute of any expression: `select(apply(f, x), "a", "b")` is `(f x).a.b`.
 */
export function select(from: NixValue, ...path: readonly [NixAttrName, ...NixAttrName[]]): Nix {
  return selectNode(lift(from), attrPath(path), undefined);
}

/** `from.path or fallback` */
export function selectOr(from: NixValue, path: NixAttrPathInput, fallback: NixValue): Nix {
  return selectNode(lift(from), attrPath(path), lift(fallback));
}

/** `from ? path` */
export function has(from: NixValue, ...path: readonly [NixAttrName, ...NixAttrName[]]): Nix {
  return { [nixNode]: true, kind: "has", from: lift(from), path: attrPath(path) };
}

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
    if (field.kind !== "field") return field;
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

/** `let … in body` */
export function letIn(members: NixMembers, body: NixValue): Nix {
  return { [nixNode]: true, kind: "let", entries: entriesOf(members), body: lift(body) };
}

/** `with scope; body` */
export function withIn(scope: NixValue, body: NixValue): Nix {
  return { [nixNode]: true, kind: "with", scope: lift(scope), body: lift(body) };
}

/** `if condition then yes else no` */
export function ifElse(condition: NixValue, yes: NixValue, no: NixValue): Nix {
  return {
    [nixNode]: true,
    kind: "if",
    condition: lift(condition),
    yes: lift(yes),
    no: lift(no),
  };
}

/** `assert condition; body` */
export function assertThat(condition: NixValue, body: NixValue): Nix {
  return { [nixNode]: true, kind: "assert", condition: lift(condition), body: lift(body) };
}

/**
 * A binary operator; parentheses are added where precedence needs them.
 *
 * @example op(ref("a"), "++", [pkgs("hello")])
 */
export function op(left: NixValue, operator: BinaryOperator, right: NixValue): Nix {
  if (!OPERATORS.has(operator))
    throw refuse(
      [],
      `${JSON.stringify(operator)} is no Nix operator`,
      `use one of ${[...OPERATORS].join(" ")}`,
    );
  return { [nixNode]: true, kind: "binary", operator, left: lift(left), right: lift(right) };
}

const OPERATORS: ReadonlySet<string> = new Set<BinaryOperator>([
  "++",
  "*",
  "/",
  "+",
  "-",
  "//",
  "<",
  ">",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "->",
  "|>",
  "<|",
]);

/** `!operand` */
export function not(operand: NixValue): Nix {
  return { [nixNode]: true, kind: "unary", operator: "!", operand: lift(operand) };
}

/** `-operand` */
export function negate(operand: NixValue): Nix {
  return { [nixNode]: true, kind: "unary", operator: "-", operand: lift(operand) };
}

/** Parentheses that a reader wants though Nix needs none. */
export function parens(body: NixValue): Nix {
  return { [nixNode]: true, kind: "parens", body: lift(body) };
}

/**
 * Nix text as it stands, for what the builders lack. The holes take expressions only, so that no unchecked text joins in;
 * neither the layout nor the meaning of the text is checked.
 *
 * @example raw`__curPos // ${attrs({ a: 1 })}`
 */
export function raw(texts: TemplateStringsArray, ...holes: readonly Nix[]): Nix {
  const parts: (string | Nix)[] = [];
  for (const [index, text] of texts.entries()) {
    parts.push(checkText(cookedText(text, index), [index]));
    const hole = holes[index];
    if (hole === undefined) continue;
    if (!isNode(hole))
      throw refuse(
        [index],
        "a hole of raw takes expressions only",
        "build it with str, ref or attrs",
      );
    parts.push(hole);
  }
  return { [nixNode]: true, kind: "raw", parts };
}
