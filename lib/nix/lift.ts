import { type Diagnostic, ForageError, type Path } from "../error.ts";
import { liftInteger, liftNumber } from "./literal.ts";
import { isNixText } from "./names.ts";
import { identifierNode, isExpression, isNode, isRemark, numberNode, stringNode } from "./node.ts";
import { checkText, refuse } from "./refuse.ts";
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

function liftSimple(value: unknown, place: () => Path): Nix | undefined {
  switch (typeof value) {
    case "string":
      if (!isNixText(value)) checkText(value, place());
      return stringNode([value], false);
    case "boolean":
      return identifierNode(String(value));
    case "number":
      return Number.isSafeInteger(value) && value > 0
        ? numberNode(String(value))
        : liftNumber(value, place());
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
    case "symbol":
      if (value === unreadable)
        throw refuse(
          place(),
          "reading the member threw an error",
          "pass plain data, without getters",
        );
      throw refuse(place(), "a symbol cannot be written in Nix", "pass a string");
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

function entriesOf(object: object): [name: string, value: unknown][] {
  try {
    return Object.entries(object);
  } catch {
    return readableEntries(object);
  }
}

/** A getter may throw anything; as a member it is refused where it stands. */
function readableEntries(object: object): [name: string, value: unknown][] {
  return Object.keys(object).map((name) => {
    try {
      return [name, (object as Readonly<Record<string, unknown>>)[name]];
    } catch {
      return [name, unreadable];
    }
  });
}

const unreadable = Symbol("a member that cannot be read");

function members(object: PlainObject): [name: string, value: unknown][] {
  const all = object instanceof Map ? [...object] : entriesOf(object);
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
    let trail: Trail = { parent, key: name };
    const checked = (key: string) =>
      typeof key === "string" && isNixText(key) ? key : checkText(key, toPath(trail, at));
    // A literal, because an array that grows would take room for more.
    let path = [checked(name)];
    let value = given;
    let seen: Set<unknown> | undefined;
    // A set with one member joins its parent's path: `a.b = 1;` rather than `a = { b = 1; };`.
    for (let only = onlyMember(value); only && !seen?.has(value); only = onlyMember(value)) {
      seen ??= new Set();
      seen.add(value);
      trail = { parent: trail, key: only[0] };
      path = [...path, checked(only[0])];
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
