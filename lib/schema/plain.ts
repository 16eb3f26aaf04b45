import type { Diagnostic, Path } from "../error.ts";
import { isNode } from "../nix/node.ts";
import { valuesIn } from "./expressions.ts";
import { keyKind } from "./keys.ts";

/** Deeper than any definition; a guard for the stack. */
const MAX_DEPTH = 32;

export interface PlainReading {
  /** Text, numbers, lists, prototype-less objects and Nix expressions, each property read once. */
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
}

/**
 * Copies what a caller passed, and notes whatever is no plain data: class instances, functions, circles, properties that
 * throw, and text that looks like a live key, wherever it stands.
 */
export function readPlain(input: unknown): PlainReading {
  const problems: Diagnostic[] = [];
  const ancestors = new Set<object>();

  const read = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") {
      noteKey(value, path);
      return value;
    }
    if (typeof value === "function" || typeof value === "symbol")
      return refuse(path, `a ${typeof value} is no plain data`, "write the value itself");
    if (typeof value !== "object" || value === null) return value;
    if (ancestors.has(value))
      return refuse(path, "the value holds itself", "break the circle: write the inner value out");
    if (path.length > MAX_DEPTH)
      return refuse(path, "the value is nested deeper than any definition", "flatten it");
    ancestors.add(value);
    try {
      return readObject(value, path);
    } catch {
      return refuse(path, "reading the value threw an error", "pass plain data, without getters");
    } finally {
      ancestors.delete(value);
    }
  };

  const readObject = (value: object, path: Path): unknown => {
    if (isNode(value)) {
      for (const text of valuesIn(value))
        if (typeof text === "string" && noteKey(text, path)) break;
      return value;
    }
    if (Array.isArray(value))
      return Array.from(value, (item, index) => read(item, [...path, index]));
    if (!isPlain(value))
      return refuse(
        path,
        `${describeInstance(value)} is no plain data`,
        "pass a plain object, such as { claude: { … } }",
      );
    // Without a prototype, so that `__proto__` is a property like any other.
    const copy: Record<string, unknown> = Object.create(null);
    for (const name of Object.keys(value)) {
      const at = [...path, name];
      noteKey(name, at);
      copy[name] = read(property(value, name, at), at);
    }
    return copy;
  };

  const property = (value: object, name: string, path: Path): unknown => {
    try {
      return (value as Record<string, unknown>)[name];
    } catch {
      return refuse(path, "reading the value threw an error", "pass plain data, without getters");
    }
  };

  const noteKey = (text: string, path: Path): boolean => {
    const kind = keyKind(text);
    if (kind !== undefined)
      refuse(
        path,
        `this looks like ${kind}, and everything in a definition ends up in the world-readable Nix store`,
        'put it in a file on the host and name that file under "secrets"; a placeholder says "placeholder"',
      );
    return kind !== undefined;
  };

  const refuse = (path: Path, message: string, hint: string): undefined => {
    problems.push({ path, message, hint });
  };

  return { value: read(input, []), problems };
}

/** Whether an object is a literal, of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeInstance(value: object): string {
  const name: unknown = value.constructor?.name ?? "Object";
  if (name === "Object") return "an object with a prototype of its own";
  return typeof name === "string" && name !== "" && keyKind(name) === undefined
    ? `a ${name}`
    : "a class instance";
}
