import { isIdentifier } from "./names.ts";
import { headedTerm } from "./node.ts";
import { type BinaryOperator, type Nix, type NixBinary, type NixRaw, nixNode } from "./tree.ts";

/** How tightly an expression holds together, loosest first (Nix manual, "Operators"). */
export const Level = {
  any: 0,
  pipe: 1,
  implication: 2,
  or: 3,
  and: 4,
  equality: 5,
  comparison: 6,
  update: 7,
  not: 8,
  sum: 9,
  product: 10,
  concatenation: 11,
  has: 12,
  negation: 13,
  call: 14,
  /** An argument or list item. */
  argument: 15,
  /** A function that is applied. */
  applied: 16,
  /** What an attribute is selected from. */
  selected: 17,
} as const;

interface Operator {
  readonly level: number;
  readonly associates: "left" | "right" | "never" | "either";
}

const OPERATORS: Readonly<Record<BinaryOperator, Operator>> = {
  "|>": { level: Level.pipe, associates: "left" },
  "<|": { level: Level.pipe, associates: "right" },
  "->": { level: Level.implication, associates: "right" },
  "||": { level: Level.or, associates: "either" },
  "&&": { level: Level.and, associates: "either" },
  "==": { level: Level.equality, associates: "never" },
  "!=": { level: Level.equality, associates: "never" },
  "<": { level: Level.comparison, associates: "never" },
  ">": { level: Level.comparison, associates: "never" },
  "<=": { level: Level.comparison, associates: "never" },
  ">=": { level: Level.comparison, associates: "never" },
  "//": { level: Level.update, associates: "either" },
  "+": { level: Level.sum, associates: "left" },
  "-": { level: Level.sum, associates: "left" },
  "*": { level: Level.product, associates: "left" },
  "/": { level: Level.product, associates: "left" },
  "++": { level: Level.concatenation, associates: "either" },
};

export const BINARY_OPERATORS: ReadonlySet<string> = new Set(Object.keys(OPERATORS));

const RAW_ATOM = /^[a-zA-Z_][a-zA-Z0-9_'-]*(?:\.[a-zA-Z_][a-zA-Z0-9_'-]*)*$/;

function levelOf(node: Nix): number {
  const headed = headedTerm(node);
  if (headed !== undefined) return levelOf(headed);
  switch (node.kind) {
    case "identifier":
    case "string":
    case "list":
    case "set":
    case "parens":
      return Level.selected;
    // `1.a` would be read as a float, `./a.b` as a path.
    case "number":
    case "path":
      return Level.applied;
    case "select":
      return node.fallback === undefined ? Level.applied : Level.argument;
    case "call":
      return Level.call;
    case "has":
      return Level.has;
    case "unary":
      return node.operator === "-" ? Level.negation : Level.not;
    case "binary":
      return OPERATORS[node.operator].level;
    case "raw":
      return isRawAtom(node) ? Level.applied : Level.any;
    default:
      return Level.any;
  }
}

/** Whether raw text is a name, or names joined by dots. */
export function isRawAtom({ parts }: NixRaw): boolean {
  const [text] = parts;
  return (
    parts.length === 1 &&
    typeof text === "string" &&
    RAW_ATOM.test(text) &&
    text.split(".").every(isIdentifier)
  );
}

/** The expression, in parentheses if it holds together less tightly than its place asks. */
export function at(level: number, node: Nix): Nix {
  return levelOf(node) >= level ? node : { [nixNode]: true, kind: "parens", body: node };
}

type Side = "left" | "right";

/** The level that an operand needs to stand without parentheses. */
function operandLevel(operator: BinaryOperator, side: Side, operand: Nix): number {
  const { level, associates } = OPERATORS[operator];
  if (associates !== side && associates !== "either") return level + 1;
  // `|>` and `<|` cannot be mixed.
  const mixed = operand.kind === "binary" && operand.operator !== operator && level === Level.pipe;
  return mixed ? level + 1 : level;
}

/** The left operand, in the parentheses that it needs. */
export function leftOperand({ operator, left }: NixBinary): Nix {
  return at(operandLevel(operator, "left", left), left);
}

/** The operands of a chain of one operator, each in the parentheses that it needs, first to last. */
export function operands(chain: NixBinary): Nix[] {
  const { operator } = chain;
  const found: Nix[] = [];
  // The right operand waits while the left one is taken apart.
  const waiting: Nix[] = [chain.right];
  let next: Nix | undefined = chain.left;
  let side: Side = "left";
  while (next !== undefined) {
    const operand: Nix = at(operandLevel(operator, side, next), next);
    if (operand.kind === "binary" && operand.operator === operator) {
      waiting.push(operand.right);
      next = operand.left;
      side = "left";
    } else {
      found.push(operand);
      next = waiting.pop();
      side = "right";
    }
  }
  return found;
}
