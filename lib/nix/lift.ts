import { type Diagnostic, ForageError, type Path } from "../error.ts";
import { isNixText } from "./names.ts";
import { identifierNode, isExpression, isNode, isRemark, numberNode, stringNode } from "./node.ts";
import { floatDigits, isInt64 } from "./number.ts";
import { type Nix, type NixBinding, type NixRemark, nixNode } from "./tree.ts";

/**
 * What builders take for an expression: a tree, or plain data that stands for one. Members that are `undefined` are left
 * out.
 */
export type NixValue =
  | Nix
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly (NixValue | NixRemark)[]
  | ReadonlyMap<string, NixValue | undefined>
  | { readonly [name: string]: NixValue | undefined };

/** Refuses a value that Nix cannot hold. */
export function refuse(path: Path, message: string, hint?: string): ForageError {
  return new ForageError("nix-value", [
    hint === undefined ? { path, message } : { path, message, hint },
  ]);
}

export function checkText(text: string, path: Path): string {
  if (isNixText(text)) return text;
  const found = text.includes("\0") ? "a NUL character" : "half of a surrogate pair";
  throw refuse(path, `text holds ${found}, which Nix cannot hold`, "remove or encode it");
}

export function liftInteger(value: bigint, path: Path): Nix {
  if (!isInt64(value))
    throw refuse(path, `${value} is beyond Nix's 64-bit integers`, "pass it as a string");
  if (value >= 0n) return numberNode(String(value));
  // The literal -9223372036854775808 is read as minus 9223372036854775808, which is out of range.
  if (!isInt64(-value))
    return {
      [nixNode]: true,
      kind: "binary",
      operator: "-",
      left: negative(String(-value - 1n)),
      right: numberNode("1"),
    };
  return negative(String(-value));
}

/** Nix refuses subnormal floats, which C's strtod reports as out of range. */
const SMALLEST_NORMAL = 2 ** -1022;

export function liftFloat(value: number, path: Path): Nix {
  if (!Number.isFinite(value))
    throw refuse(path, `${value} is no Nix number`, "leave it out, or pass null or a string");
  if (value !== 0 && Math.abs(value) < SMALLEST_NORMAL)
    throw refuse(path, `${value} is smaller than what Nix reads`, "write 0");
  const digits = floatDigits(Math.abs(value));
  return value < 0 || Object.is(value, -0) ? negative(digits) : numberNode(digits);
}

function negative(digits: string): Nix {
  return { [nixNode]: true, kind: "unary", operator: "-", operand: numberNode(digits) };
}

function liftNumber(value: number, path: Path): Nix {
  if (!Number.isInteger(value) || Object.is(value, -0)) return liftFloat(value, path);
  if (Number.isSafeInteger(value)) return liftInteger(BigInt(value), path);
  throw refuse(
    path,
    `${value} is an integer that JavaScript cannot hold exactly`,
    "pass a bigint, or float() for a float",
  );
}

function liftSimple(value: unknown, place: () => Path): Nix | undefined {
  switch (typeof value) {
    case "string":
      return stringNode([checkText(value, place())], false);
    case "boolean":
      return identifierNode(String(value));
    case "number":
      return liftNumber(value, place());
    case "bigint":
      return liftInteger(value, place());
    case "object":
      if (value === null) return identifierNode("null");
      if (isExpression(value)) return value;
      if (isNode(value))
        throw refuse(place(), `a ${value.kind} is no value`, "put it among the entries of attrs()");
      if (Array.isArray(value) || isPlainObject(value)) return undefined;
      throw refuse(
        place(),
        `a ${className(value)} is no plain data`,
        "pass a plain object, array or string",
      );
    case "undefined":
      throw refuse(place(), "undefined is no value", "pass null, or leave the item out");
    default:
      throw refuse(
        place(),
        `a ${typeof value} cannot be written in Nix`,
        "pass plain data, or build an expression",
      );
  }
}

function className(value: object): string {
  const made = value.constructor;
  return (typeof made === "function" && made.name) || "class instance";
}

type PlainObject = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;

function isPlainObject(value: object): value is PlainObject {
  if (value instanceof Map) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function members(object: PlainObject): [name: string, value: unknown][] {
  const all = object instanceof Map ? [...object] : Object.entries(object);
  return all.filter(([, value]) => value !== undefined);
}

/** The member of a plain set that has exactly one. */
function onlyMember(value: unknown): [name: string, value: unknown] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (isNode(value) || !isPlainObject(value)) return undefined;
  const [only, ...others] = members(value);
  return others.length === 0 ? only : undefined;
}

/** A path as a linked list, so that a deep tree's paths share their beginnings. */
interface Trail {
  readonly parent: Trail | undefined;
  readonly key: string | number;
}

function toPath(trail: Trail | undefined, at: Path): Path {
  const keys: (string | number)[] = [];
  for (let step = trail; step !== undefined; step = step.parent) keys.push(step.key);
  return [...at, ...keys.reverse()];
}

type Task =
  | { readonly leave: object }
  | {
      readonly value: unknown;
      readonly trail: Trail | undefined;
      readonly put: (lifted: Nix | NixRemark) => void;
    };

/**
 * An expression for a value: an expression is itself, plain data becomes the literal that stands for it. Depth is limited
 * by memory, not by the stack.
 *
 * @throws ForageError `nix-value`, with each place that holds something Nix cannot
 */
export function lift(value: unknown, at: Path = []): Nix {
  if (isExpression(value)) return value;
  let root: Nix | undefined;
  const problems: Diagnostic[] = [];
  const ancestors = new Set<object>();
  const tasks: Task[] = [
    {
      value,
      trail: undefined,
      put: (lifted) => {
        root = lifted as Nix;
      },
    },
  ];

  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ("leave" in task) {
      ancestors.delete(task.leave);
      continue;
    }
    const { value, trail, put } = task;
    try {
      const simple = liftSimple(value, () => toPath(trail, at));
      if (simple !== undefined) {
        put(simple);
        continue;
      }
      const source = value as readonly unknown[] | PlainObject;
      if (ancestors.has(source))
        throw refuse(
          toPath(trail, at),
          "the value holds itself, which a Nix literal cannot",
          "break the circle, or write a recursive set with recAttrs()",
        );
      ancestors.add(source);
      tasks.push({ leave: source });
      const children = Array.isArray(source)
        ? liftList(source, trail, put)
        : liftSet(source as PlainObject, trail, at, put);
      for (const child of children.reverse()) tasks.push(child);
    } catch (error) {
      if (!(error instanceof ForageError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new ForageError("nix-value", problems);
  return root as Nix;
}

function liftList(
  source: readonly unknown[],
  parent: Trail | undefined,
  put: (lifted: Nix) => void,
): Task[] {
  const items: (Nix | NixRemark)[] = new Array(source.length);
  put({ [nixNode]: true, kind: "list", items });
  const children: Task[] = [];
  for (const [index, value] of source.entries()) {
    if (isRemark(value)) items[index] = value;
    else
      children.push({
        value,
        trail: { parent, key: index },
        put: (item) => {
          items[index] = item;
        },
      });
  }
  return children;
}

function liftSet(
  source: PlainObject,
  parent: Trail | undefined,
  at: Path,
  put: (lifted: Nix) => void,
): Task[] {
  const all = members(source);
  const entries: NixBinding[] = new Array(all.length);
  put({ [nixNode]: true, kind: "set", recursive: false, entries });
  return all.map(([name, given], index) => {
    const path: string[] = [];
    let trail = parent;
    const step = (key: string) => {
      trail = { parent: trail, key };
      path.push(isNixText(key) ? key : checkText(key, toPath(trail, at)));
    };
    step(name);
    let value = given;
    const seen = new Set<unknown>();
    // A set with one member joins its parent's path: `a.b = 1;` rather than `a = { b = 1; };`.
    for (let only = onlyMember(value); only && !seen.has(value); only = onlyMember(value)) {
      seen.add(value);
      step(only[0]);
      value = only[1];
    }
    return {
      value,
      trail,
      put: (lifted) => {
        entries[index] = { [nixNode]: true, kind: "binding", path, value: lifted as Nix };
      },
    };
  });
}
