import { headedTerm } from "../node.ts";
import { at, Level } from "../precedence.ts";
import type {
  Nix,
  NixCall,
  NixFunction,
  NixIf,
  NixLet,
  NixParens,
  NixSelect,
  NixWith,
} from "../tree.ts";
import { type Application, application } from "./application.ts";
import { attrPathParts, list, set } from "./collections.ts";
import {
  BRACKET,
  BREAK,
  group,
  HARDLINE,
  HARDSPACE,
  nest,
  type Part,
  priority,
  SOFTBREAK,
  SOFTSPACE,
  SPACE,
} from "./doc.ts";
import { binary, unary } from "./operators.ts";
import { patternParts } from "./pattern.ts";
import { isAbsorbableExpression, isAbsorbableTerm, shown } from "./shape.ts";
import { stringParts, textParts } from "./text.ts";

/**
 * How nixfmt lays out each kind of expression, as parts whose inner expressions are read only when the layout comes to
 * them. `../../test/pairs` holds what nixfmt does with each.
 */
export function expression(node: Nix): Part[] {
  switch (node.kind) {
    case "list":
      return [group(...list(node))];
    case "function":
      return lambda(node);
    case "call":
      return application(callOf(node), "inline");
    case "let":
      return letParts(node);
    case "with":
      return withParts(node);
    case "if":
      return [group(...ifParts(node, SPACE))];
    case "assert":
      return [
        group(...application(assertOf(node.condition), "inline"), ";", HARDLINE, () =>
          expression(node.body),
        ),
      ];
    case "has":
      return [
        () => expression(at(Level.negation, node.from)),
        SOFTSPACE,
        "?",
        HARDSPACE,
        ...attrPathParts(node.path),
      ];
    case "unary":
      return unary(node);
    case "binary":
      return binary(node);
    default:
      return term(node);
  }
}

/** A term outside any group of its own. A set is exploded when it stands where one looks better so. */
export function term(node: Nix, explode = false): Part[] {
  const headed = headedTerm(node);
  if (headed !== undefined) return afterComment(headed);
  switch (node.kind) {
    case "identifier":
      return [node.name];
    case "number":
      return [node.digits];
    case "string":
      return stringParts(node);
    case "path":
      return textParts(node.parts);
    case "list":
      return list(node);
    case "set":
      return set(node, explode);
    case "select":
      return selection(node);
    case "parens":
      return [parenthesised(node)];
    case "raw":
      return rawParts(node.parts);
    default:
      return expression(node);
  }
}

export function callOf(node: NixCall): Application & { readonly fn: Nix } {
  return {
    fn: at(Level.applied, node.fn),
    args: node.args.map((arg) => at(Level.argument, arg)),
  };
}

/** `assert c;` is laid out like `assert` applied to the condition. */
function assertOf(condition: Nix): Application {
  if (condition.kind !== "call") return { fn: "assert", args: [condition] };
  const { fn, args } = callOf(condition);
  return { fn: "assert", args: [fn, ...args] };
}

/** An expression that starts on the line of what introduces it, where `isAbsorbableExpression` says that it may. */
export function absorbed(node: Nix, explode: boolean): Part[] {
  if (isAbsorbableTerm(node)) return term(node, explode);
  if (node.kind === "with" && isAbsorbableTerm(node.body)) return [absorbedWith(node)];
  return expression(node);
}

function absorbedWith(node: NixWith): Part {
  return group(
    BREAK,
    "with",
    HARDSPACE,
    nest(group(() => expression(node.scope))),
    ";",
    HARDSPACE,
    priority(() => term(node.body, true)),
  );
}

function withParts(node: NixWith): Part[] {
  return [
    group("with", HARDSPACE, nest(group(() => expression(node.scope))), ";"),
    SPACE,
    () => expression(node.body),
  ];
}

function letParts(node: NixLet): Part[] {
  const lines = shown(node.entries);
  return [
    group("let", HARDLINE, nest(...(lines.length > 0 ? [{ lines }] : []))),
    HARDLINE,
    group("in", HARDLINE, () => expression(node.body)),
  ];
}

function ifParts(node: NixIf, separator: number): Part[] {
  const { no } = node;
  return [
    group(
      "if",
      SPACE,
      nest(() => expression(node.condition)),
      SPACE,
      "then",
    ),
    separator,
    nest(group(() => expression(node.yes))),
    separator,
    "else",
    HARDSPACE,
    ...(no.kind === "if"
      ? [() => ifParts(no, HARDLINE)]
      : [SPACE, nest(group(() => expression(no)))]),
  ];
}

function lambda(node: NixFunction): Part[] {
  const { parameter, body } = node;
  if (typeof parameter !== "string") {
    const head = [...patternParts(parameter), ":"];
    // Every nixfmt since 1.0 leaves the body on the line after `}:`; the same line only newer ones.
    if (parameter.as === undefined) return [...head, HARDLINE, () => expression(body)];
    if (isAbsorbableTerm(body)) return [...head, SPACE, group(...term(body, true))];
    return [...head, SPACE, () => expression(body)];
  }
  const parts: Part[] = [BREAK, parameter, ":"];
  let depth = 1;
  let inner = body;
  for (; inner.kind === "function" && typeof inner.parameter === "string"; inner = inner.body) {
    parts.push(HARDSPACE, inner.parameter, ":");
    depth++;
  }
  const last = inner;
  if (isAbsorbableExpression(last))
    parts.push(
      HARDSPACE,
      priority(() => absorbed(last, false)),
    );
  else parts.push(depth <= 2 ? SPACE : HARDLINE, () => expression(last));
  return [group(...parts)];
}

function selection(node: NixSelect): Part[] {
  const from = at(Level.selected, node.from);
  const parts: Part[] = [() => expression(from)];
  const { kind } = headedTerm(from) ?? from;
  if (kind === "parens") parts.push(SOFTBREAK);
  else if (kind !== "identifier") parts.push(BREAK);
  parts.push(".", ...attrPathParts(node.path));
  const { fallback } = node;
  if (fallback !== undefined)
    parts.push(
      SOFTSPACE,
      nest("or", HARDSPACE, () => expression(at(Level.argument, fallback))),
    );
  return parts;
}

function parenthesised({ body }: NixParens): Part {
  return group("(", nest(...parenthesisedInner(body)), ")");
}

/** What stands between parentheses, or alone in a string's hole. */
export function parenthesisedInner(body: Nix): Part[] {
  if (isAbsorbableExpression(body)) return [group(() => absorbed(body, false))];
  if (body.kind === "call") return application(callOf(body), "parenthesised");
  const inner = group(() => expression(body));
  if (body.kind !== "select") return [BREAK, inner, BREAK];
  return isAbsorbableTerm(at(Level.selected, body.from)) ? [BREAK, inner, BREAK] : [inner, BREAK];
}

/** Parentheses as a last argument or right-hand side: they open on the line, and close on one of their own. */
export function hangingParens({ body }: NixParens): Part {
  return priority(nest("(", BREAK, group(nest(() => expression(body))), BREAK, ")"));
}

/** After a comment, nixfmt may break even an empty set. */
function afterComment(node: Nix): Part[] {
  const isEmptySet = node.kind === "set" && !node.recursive && shown(node.entries).length === 0;
  return isEmptySet ? ["{", BRACKET, "}"] : term(node);
}

function rawParts(parts: readonly (string | Nix)[]): Part[] {
  return parts.map((part) =>
    typeof part === "string" ? part : () => expression(at(Level.selected, part)),
  );
}
