import { at, Level, operands } from "../precedence.ts";
import { attrName } from "../text.ts";
import type {
  BinaryOperator,
  Nix,
  NixAttrPath,
  NixBinary,
  NixBinding,
  NixFunction,
  NixIf,
  NixInherit,
  NixLet,
  NixList,
  NixParens,
  NixSelect,
  NixSet,
  NixUnary,
  NixWith,
} from "../tree.ts";
import { type Application, application } from "./application.ts";
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
  transparent,
} from "./doc.ts";
import { patternParts } from "./pattern.ts";
import {
  alwaysExplodes,
  isAbsorbableExpression,
  isAbsorbableTerm,
  isBarePath,
  isSearchPath,
  isTerm,
  shown,
} from "./shape.ts";
import { holeParts, stringParts, textParts } from "./text.ts";

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

export function callOf(node: Extract<Nix, { kind: "call" }>): Application {
  return {
    fn: at(Level.applied, node.fn),
    args: node.args.map((arg) => at(Level.argument, arg)),
  };
}

/** `assert c;` is laid out like `assert` applied to the condition. */
function assertOf(condition: Nix): Application {
  if (condition.kind !== "call") return { fn: "assert", args: [condition] };
  const { fn, args } = callOf(condition);
  return { fn: "assert", args: typeof fn === "string" ? args : [fn, ...args] };
}

function list({ items }: NixList): Part[] {
  const [only] = shown(items);
  if (only === undefined) return ["[", HARDSPACE, "]"];
  if (items.length > 1 || only.kind === "comment" || only.kind === "blank")
    return ["[", HARDLINE, nest({ lines: items }), HARDLINE, "]"];
  return ["[", BRACKET, nest(group(() => expression(at(Level.argument, only)))), BRACKET, "]"];
}

function set(node: NixSet, explode: boolean): Part[] {
  const { entries } = node;
  const start = node.recursive ? ["rec", HARDSPACE, "{"] : ["{"];
  const [only] = shown(entries);
  if (only === undefined) return [...start, HARDSPACE, "}"];
  if (explode || alwaysExplodes(node) || (only.kind !== "binding" && only.kind !== "inherit"))
    return [...start, HARDLINE, nest({ lines: entries }), HARDLINE, "}"];
  return [...start, BRACKET, nest(entry(only)), BRACKET, "}"];
}

export function entry(node: NixBinding | NixInherit): Part {
  return node.kind === "binding" ? binding(node) : inheritance(node);
}

function binding({ path, value }: NixBinding): Part {
  const attached = path.length <= 4 && isBarePath(path);
  return group(
    ...attrPathParts(path),
    nest(
      HARDSPACE,
      "=",
      ...(attached ? rightHandSide(value) : [BREAK, priority(() => rightHandSide(value))]),
    ),
    ";",
  );
}

function inheritance({ from, names }: NixInherit): Part {
  const [separator, end] = names.length < 4 ? [BRACKET, BREAK] : [HARDLINE, HARDLINE];
  const shownNames = names.flatMap((name, index) =>
    index === 0 ? [attrName(name)] : [separator, attrName(name)],
  );
  if (from === undefined) return group("inherit", separator, nest(...shownNames, end, ";"));
  return group(
    "inherit",
    nest(
      group(SPACE, group("(", nest(...parenthesisedInner(from)), ")")),
      separator,
      ...shownNames,
      end,
      ";",
    ),
  );
}

export function attrPathParts(path: NixAttrPath): Part[] {
  return path.flatMap((name, index): Part[] => {
    const dot = index === 0 ? "" : ".";
    if (typeof name === "string") return [dot + attrName(name)];
    return name.kind === "string" ? [dot, ...stringParts(name)] : [dot, ...holeParts(name)];
  });
}

/** What follows `=`, or `?` in a pattern. */
export function rightHandSide(value: Nix): Part[] {
  const onlyInherit =
    value.kind === "set" && value.entries.length === 1 && value.entries[0]?.kind === "inherit";
  if (onlyInherit) return [nest(HARDSPACE, group(...term(value)))];
  if (isAbsorbableExpression(value)) return [nest(HARDSPACE, group(...absorbed(value, true)))];
  if (value.kind === "parens") return [nest(HARDSPACE, hangingParens(value))];
  if (value.kind === "string" || (value.kind === "path" && !isSearchPath(value)))
    return [nest(HARDSPACE, group(...term(value)))];
  if (value.kind === "call") return [nest(...application(callOf(value), "own line"))];
  if (value.kind === "binary") return operationRightHandSide(value);
  if (isTerm(value) || value.kind === "with") return [nest(group(SPACE, () => expression(value)))];
  return [
    nest(
      SPACE,
      group(() => expression(value)),
    ),
  ];
}

const JOINING: ReadonlySet<string> = new Set(["//", "++", "+"]);

function operationRightHandSide(value: NixBinary): Part[] {
  const chain = operands(value);
  const [first, last] = [chain[0] as Nix, chain.at(-1) as Nix];
  if (JOINING.has(value.operator) && isAbsorbableTerm(first))
    return [HARDSPACE, operation(value.operator, chain, true)];
  if (JOINING.has(value.operator) && isAbsorbableTerm(last) && chain.length === 2)
    return [
      nest(
        group(
          SPACE,
          () => expression(first),
          SPACE,
          transparent(
            value.operator,
            HARDSPACE,
            priority(() => term(last, true)),
          ),
        ),
      ),
    ];
  return [
    nest(
      SPACE,
      group(() => expression(value)),
    ),
  ];
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
  if (from.kind === "parens") parts.push(SOFTBREAK);
  else if (from.kind !== "identifier") parts.push(BREAK);
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

function unary({ operator, operand }: NixUnary): Part[] {
  const level = operator === "-" ? Level.call : Level.sum;
  return [operator, () => expression(at(level, operand))];
}

const COMPARING: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);

function binary(node: NixBinary): Part[] {
  const chain = operands(node);
  if (!COMPARING.has(node.operator)) return [operation(node.operator, chain, false)];
  const [left, right] = chain as [Nix, Nix];
  return [() => expression(left), SOFTSPACE, node.operator, HARDSPACE, () => expression(right)];
}

function operation(operator: BinaryOperator, chain: readonly Nix[], explodeFirst: boolean): Part {
  const pipe = operator === "|>" || operator === "<|";
  const separator = pipe && chain.length > 3 ? HARDLINE : SPACE;
  return group(
    ...chain.flatMap((operand, index): Part[] => {
      if (index > 0) return [separator, operator, nest(...laterOperand(operand))];
      if (explodeFirst) return term(operand, true);
      return [() => expression(operand)];
    }),
  );
}

function laterOperand(operand: Nix): Part[] {
  if (operand.kind === "binary") return [group(SPACE, () => expression(operand))];
  if (operand.kind === "call")
    return [group(HARDSPACE, () => application(callOf(operand), "own line"))];
  return [HARDSPACE, () => expression(operand)];
}

function rawParts(parts: readonly (string | Nix)[]): Part[] {
  return parts.map((part) =>
    typeof part === "string" ? part : () => expression(at(Level.selected, part)),
  );
}
