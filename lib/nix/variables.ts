import { identifierNode, isRemark } from "./node.ts";
import type { Nix, NixAttrPath, NixEntry, NixPattern } from "./tree.ts";

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
  for (let visit = rest.pop(); visit !== undefined; visit = rest.pop()) {
    const { node, scope } = visit;
    if (node.kind === "identifier") {
      if (!isBound(node.name, scope)) (scope.isBelowWith ? maybe : free).add(node.name);
    } else {
      if (node.kind === "raw")
        for (const part of node.parts)
          if (typeof part === "string")
            for (const [word] of part.matchAll(/[a-zA-Z_][a-zA-Z0-9_'-]*/g)) maybe.add(word);
      rest.push(...inner(node, scope));
    }
  }
  return { free, maybe };
}

function isBound(name: string, scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer)
    if (at.names.has(name)) return true;
  return GLOBALS.has(name) || name.startsWith("__");
}

function inner(node: Exclude<Nix, { kind: "identifier" }>, scope: Scope): Visit[] {
  const here = (...nodes: readonly Nix[]): Visit[] => nodes.map((each) => ({ node: each, scope }));
  switch (node.kind) {
    case "number":
      return [];
    case "string":
    case "path":
    case "raw":
      return here(...node.parts.filter((part) => typeof part !== "string"));
    case "list":
      return here(...node.items.filter((item) => !isRemark(item)));
    case "set":
      return inEntries(node.entries, scope, node.recursive ? within(node.entries, scope) : scope);
    case "let": {
      const body = within(node.entries, scope);
      return [...inEntries(node.entries, scope, body), { node: node.body, scope: body }];
    }
    case "select":
      return here(node.from, ...dynamic(node.path), ...(node.fallback ? [node.fallback] : []));
    case "has":
      return here(node.from, ...dynamic(node.path));
    case "call":
      return here(node.fn, ...node.args);
    case "function":
      return inFunction(node.parameter, node.body, scope);
    case "with":
      return [
        { node: node.scope, scope },
        { node: node.body, scope: { ...scope, isBelowWith: true } },
      ];
    case "if":
      return here(node.condition, node.yes, node.no);
    case "assert":
      return here(node.condition, node.body);
    case "unary":
      return here(node.operand);
    case "binary":
      return here(node.left, node.right);
    case "parens":
      return here(node.body);
  }
}

function inEntries(entries: readonly NixEntry[], outer: Scope, own: Scope): Visit[] {
  return entries.flatMap((entry): Visit[] => {
    if (entry.kind === "binding")
      return [...dynamic(entry.path), entry.value].map((node) => ({ node, scope: own }));
    if (entry.kind !== "inherit") return [];
    if (entry.from !== undefined) return [{ node: entry.from, scope: own }];
    // `inherit x` takes x from outside, in a recursive set too.
    return entry.names.map((name) => ({ node: identifierNode(name), scope: outer }));
  });
}

function inFunction(parameter: string | NixPattern, body: Nix, scope: Scope): Visit[] {
  if (typeof parameter === "string")
    return [{ node: body, scope: { ...scope, names: new Set([parameter]), outer: scope } }];
  const fields = parameter.fields.filter((field) => field.kind === "field");
  const names = new Set(fields.map(({ name }) => name));
  if (parameter.as !== undefined) names.add(parameter.as.name);
  const own = { ...scope, names, outer: scope };
  // A parameter's default sees the other parameters.
  const fallbacks = fields.flatMap(({ fallback }) => (fallback === undefined ? [] : [fallback]));
  return [...fallbacks, body].map((node) => ({ node, scope: own }));
}

function within(entries: readonly NixEntry[], scope: Scope): Scope {
  const names = new Set<string>();
  for (const entry of entries)
    if (entry.kind === "inherit") for (const name of entry.names) names.add(name);
    else if (entry.kind === "binding" && typeof entry.path[0] === "string")
      names.add(entry.path[0]);
  return { ...scope, names, outer: scope };
}

function dynamic(path: NixAttrPath): Nix[] {
  return path.filter((name) => typeof name !== "string");
}
