import { identifierNode, isRemark } from "./node.ts";
import type { Nix, NixAttrPath, NixEntry, NixFunction, NixRaw } from "./tree.ts";

/** The variables that an expression takes from around it. */
export interface Variables {
  /** Those that stand free: something around the expression has to bind them. */
  readonly free: ReadonlySet<string>;
  /** Those below a `with`, which may bind them, and the words of `raw` text. */
  readonly maybe: ReadonlySet<string>;
}

interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
  readonly isBelowWith: boolean;
}

interface Visit {
  readonly node: Nix;
  readonly scope: Scope;
}

/** What Nix itself binds, of what expressions use. */
const GLOBALS: ReadonlySet<string> = new Set(
  "abort baseNameOf break builtins derivation derivationStrict dirOf false fetchGit fetchMercurial fetchTarball fetchTree fromTOML import isNull map null placeholder removeAttrs scopedImport throw toString true".split(
    " ",
  ),
);

const TOP: Scope = { names: new Set(), outer: undefined, isBelowWith: false };

/** Which variables an expression takes from around it. */
export function variablesOf(expression: Nix): Variables {
  const free = new Set<string>();
  const maybe = new Set<string>();
  // A stack of its own, because an expression may be deeper than the machine's.
  const rest: Visit[] = [{ node: expression, scope: TOP }];
  const put: Put = (node, scope) => {
    if (node.kind !== "number") rest.push({ node, scope });
  };
  for (let visit = rest.pop(); visit !== undefined; visit = rest.pop()) {
    const { node, scope } = visit;
    if (node.kind === "identifier") {
      if (!isBound(node.name, scope)) (scope.isBelowWith ? maybe : free).add(node.name);
    } else {
      if (node.kind === "raw") for (const word of wordsOf(node)) maybe.add(word);
      putInner(node, scope, put);
    }
  }
  return { free, maybe };
}

type Put = (node: Nix, scope: Scope) => void;

function isBound(name: string, scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
    if (at.names.has(name)) return true;
  return isGlobal(name);
}

/** Whether Nix itself binds a name. It has each of its functions under a name with two underscores as well. */
export function isGlobal(name: string): boolean {
  return GLOBALS.has(name) || name.startsWith("__");
}

function* wordsOf({ parts }: NixRaw): Generator<string> {
  for (const part of parts)
    if (typeof part === "string")
      for (const [word] of part.matchAll(/[a-zA-Z_][a-zA-Z0-9_'-]*/g)) yield word;
}

function putInner(node: Exclude<Nix, { kind: "identifier" }>, scope: Scope, put: Put): void {
  switch (node.kind) {
    case "number":
      return;
    case "string":
    case "path":
    case "raw":
      for (const part of node.parts) if (typeof part !== "string") put(part, scope);
      return;
    case "list":
      for (const item of node.items) if (!isRemark(item)) put(item, scope);
      return;
    case "set":
      putEntries(node.entries, scope, node.recursive ? within(node.entries, scope) : scope, put);
      return;
    case "let": {
      const body = within(node.entries, scope);
      putEntries(node.entries, scope, body, put);
      put(node.body, body);
      return;
    }
    case "select":
      put(node.from, scope);
      putDynamic(node.path, scope, put);
      if (node.fallback !== undefined) put(node.fallback, scope);
      return;
    case "has":
      put(node.from, scope);
      putDynamic(node.path, scope, put);
      return;
    case "call":
      put(node.fn, scope);
      for (const arg of node.args) put(arg, scope);
      return;
    case "function":
      putFunction(node, scope, put);
      return;
    case "with":
      put(node.scope, scope);
      put(node.body, { ...scope, isBelowWith: true });
      return;
    case "if":
      put(node.condition, scope);
      put(node.yes, scope);
      put(node.no, scope);
      return;
    case "assert":
      put(node.condition, scope);
      put(node.body, scope);
      return;
    case "unary":
      put(node.operand, scope);
      return;
    case "binary":
      put(node.left, scope);
      put(node.right, scope);
      return;
    case "parens":
      put(node.body, scope);
  }
}

function putEntries(entries: readonly NixEntry[], outer: Scope, own: Scope, put: Put): void {
  for (const entry of entries)
    if (entry.kind === "binding") {
      putDynamic(entry.path, own, put);
      put(entry.value, own);
    } else if (entry.kind === "inherit") {
      if (entry.from !== undefined) put(entry.from, own);
      // `inherit x` takes x from outside, in a recursive set too.
      else for (const name of entry.names) put(identifierNode(name), outer);
    }
}

function putFunction({ parameter, body }: NixFunction, scope: Scope, put: Put): void {
  if (typeof parameter === "string") {
    put(body, { ...scope, names: new Set([parameter]), outer: scope });
    return;
  }
  const fields = parameter.fields.filter((field) => field.kind === "field");
  const names = new Set(fields.map(({ name }) => name));
  if (parameter.as !== undefined) names.add(parameter.as.name);
  const own = { ...scope, names, outer: scope };
  // A parameter's default sees the other parameters.
  for (const { fallback } of fields) if (fallback !== undefined) put(fallback, own);
  put(body, own);
}

function within(entries: readonly NixEntry[], scope: Scope): Scope {
  const names = new Set<string>();
  for (const entry of entries)
    if (entry.kind === "inherit") for (const name of entry.names) names.add(name);
    else if (entry.kind === "binding" && typeof entry.path[0] === "string")
      names.add(entry.path[0]);
  return { ...scope, names, outer: scope };
}

function putDynamic(path: NixAttrPath, scope: Scope, put: Put): void {
  for (const name of path) if (typeof name !== "string") put(name, scope);
}
