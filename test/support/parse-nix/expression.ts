import {
  type BinaryOperator,
  type Nix,
  type NixEntry,
  type NixPattern,
  nixNode,
} from "../../../lib/nix/tree.ts";
import {
  type Cursor,
  expectKeyword,
  expectSymbol,
  peek,
  peekWord,
  refuseBlankLine,
  skipBlanks,
  skipSpace,
  startsWith,
  syntaxError,
  take,
  takeKeyword,
  takeName,
  takeSymbol,
} from "./cursor.ts";
import { attrPath, entries, listItems, opensPattern, pattern } from "./entries.ts";
import { indentedString, path, quotedString, uri } from "./strings.ts";

export function expression(c: Cursor): Nix {
  switch (peekWord(c)) {
    case "let":
      return letIn(c);
    case "with":
      c.at += 4;
      return { [nixNode]: true, kind: "with", ...headAndBody(c, "scope") };
    case "assert":
      c.at += 6;
      return { [nixNode]: true, kind: "assert", ...headAndBody(c, "condition") };
    case "if":
      return conditional(c);
  }
  return lambda(c) ?? operation(c, 0);
}

function headAndBody<K extends "scope" | "condition">(c: Cursor, head: K) {
  const inside = expression(c);
  expectSymbol(c, ";");
  return { [head]: inside, body: expression(c) } as Record<K, Nix> & { body: Nix };
}

function letIn(c: Cursor): Nix {
  takeKeyword(c, "let");
  const all = entries(c, "in");
  expectKeyword(c, "in");
  refuseBlankLine(c, "in");
  return { [nixNode]: true, kind: "let", entries: all, body: expression(c) };
}

function conditional(c: Cursor): Nix {
  takeKeyword(c, "if");
  const condition = expression(c);
  expectKeyword(c, "then");
  const yes = expression(c);
  expectKeyword(c, "else");
  return { [nixNode]: true, kind: "if", condition, yes, no: expression(c) };
}

function lambda(c: Cursor): Nix | undefined {
  const parameter = lambdaParameter(c);
  if (parameter === undefined) return undefined;
  expectSymbol(c, ":");
  if (typeof parameter !== "string") refuseBlankLine(c, "}:");
  return { [nixNode]: true, kind: "function", parameter, body: expression(c) };
}

function lambdaParameter(c: Cursor): string | NixPattern | undefined {
  if (startsWith(c, "{")) return opensPattern(c) ? pattern(c) : undefined;
  if (peek(c, URI) !== undefined) return undefined;
  if (peek(c, /[a-zA-Z_][a-zA-Z0-9_'-]*[ \t\n]*:/y) !== undefined) return takeName(c);
  if (peek(c, /[a-zA-Z_][a-zA-Z0-9_'-]*[ \t\n]*@/y) !== undefined) return pattern(c);
  return undefined;
}

const URI = /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]/y;

type Side = "left" | "right" | "none";

/** How tightly each operator binds, and to which side equal ones lean. */
const OPERATORS: Readonly<Record<BinaryOperator, readonly [level: number, leans: Side]>> = {
  "|>": [1, "left"],
  "<|": [1, "right"],
  "->": [2, "right"],
  "||": [3, "left"],
  "&&": [4, "left"],
  "==": [5, "none"],
  "!=": [5, "none"],
  "<": [6, "none"],
  ">": [6, "none"],
  "<=": [6, "none"],
  ">=": [6, "none"],
  "//": [7, "right"],
  "+": [9, "left"],
  "-": [9, "left"],
  "*": [10, "left"],
  "/": [10, "left"],
  "++": [11, "right"],
};
const NOT = 8;
const HAS = 12;
const NEGATE = 13;

const OPERATOR = /\|>|<\||->|\|\||&&|==|!=|<=|>=|<|>|\/\/|\+\+|\+|-|\*|\//y;

/** Operands and operators that bind at least as tightly as `level`. */
function operation(c: Cursor, level: number): Nix {
  let left = prefixed(c, level);
  for (;;) {
    skipBlanks(c);
    if (level <= HAS && startsWith(c, "?")) {
      c.at++;
      left = { [nixNode]: true, kind: "has", from: left, path: attrPath(c) };
      continue;
    }
    const operator = peek(c, OPERATOR) as BinaryOperator | undefined;
    if (operator === undefined) return left;
    const [own, leans] = OPERATORS[operator];
    if (own < level) return left;
    c.at += operator.length;
    const right = operand(c, leans === "right" ? own : own + 1);
    left = { [nixNode]: true, kind: "binary", operator, left, right };
  }
}

/** What stands right of an operator: a lambda, `let`, `if` and the like too, as nixfmt allows. */
function operand(c: Cursor, level: number): Nix {
  const word = peekWord(c);
  if (word !== undefined && ["let", "with", "assert", "if"].includes(word)) return expression(c);
  return operation(c, level);
}

function prefixed(c: Cursor, level: number): Nix {
  skipSpace(c);
  if (level <= NOT && takeSymbol(c, "!"))
    return { [nixNode]: true, kind: "unary", operator: "!", operand: operation(c, NOT) };
  if (takeSymbol(c, "-"))
    return { [nixNode]: true, kind: "unary", operator: "-", operand: operation(c, NEGATE) };
  return application(c);
}

function application(c: Cursor): Nix {
  const fn = select(c);
  const args: Nix[] = [];
  while (startsOperand(c)) args.push(select(c));
  if (args.length === 0) return fn;
  if (fn.kind === "call") return { ...fn, args: [...fn.args, ...args] };
  return { [nixNode]: true, kind: "call", fn, args };
}

/** Whether something that can be an argument is next. */
function startsOperand(c: Cursor): boolean {
  skipBlanks(c);
  const word = peek(c, /[a-zA-Z_][a-zA-Z0-9_'-]*/y);
  if (word === "rec") return true;
  if (word !== undefined)
    return !["if", "then", "else", "assert", "with", "let", "in", "inherit", "or"].includes(word);
  if (peek(c, /[([{"~]|''|[0-9]|\.[0-9]|<[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*>/y)) return true;
  return peek(c, /[a-zA-Z0-9._+-]*\/(?:[a-zA-Z0-9._+-]|\$\{)/y) !== undefined;
}

/** An operand with its attributes: `a.b or c`. */
export function select(c: Cursor): Nix {
  const from = simple(c);
  // A path (`./x`), a pattern's `...` or a float (`.5`) starts with a point too.
  if (take(c, /[ \t\n]*\.(?![./0-9])/y) === undefined) return from;
  const path = attrPath(c);
  const fallback = take(c, /[ \t\n]*or(?![a-zA-Z0-9_'-])/y) === undefined ? undefined : select(c);
  return { [nixNode]: true, kind: "select", from, path, fallback };
}

function simple(c: Cursor): Nix {
  skipSpace(c);
  if (startsWith(c, '"')) return quotedString(c);
  if (startsWith(c, "''")) return indentedString(c);
  if (startsWith(c, "[")) return { [nixNode]: true, kind: "list", items: listItems(c) };
  if (startsWith(c, "{")) return set(c, false);
  if (takeSymbol(c, "(")) {
    const body = expression(c);
    expectSymbol(c, ")");
    return { [nixNode]: true, kind: "parens", body };
  }
  const literal = uri(c) ?? path(c);
  if (literal !== undefined) return literal;
  const digits = take(c, /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+/y);
  if (digits !== undefined) return { [nixNode]: true, kind: "number", digits };
  if (takeKeyword(c, "rec")) return set(c, true);
  const name = takeName(c);
  if (name === undefined) throw syntaxError(c, "an expression");
  return { [nixNode]: true, kind: "identifier", name };
}

function set(c: Cursor, recursive: boolean): Nix {
  expectSymbol(c, "{");
  const all: readonly NixEntry[] = entries(c, "}");
  c.at++;
  return { [nixNode]: true, kind: "set", recursive, entries: all };
}
