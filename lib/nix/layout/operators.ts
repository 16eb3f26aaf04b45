import { at, Level, operands } from "../precedence.ts";
import type { BinaryOperator, Nix, NixBinary, NixUnary } from "../tree.ts";
import { application } from "./application.ts";
import { callOf, expression, term } from "./compose.ts";
import { group, HARDLINE, HARDSPACE, nest, type Part, SOFTSPACE, SPACE } from "./doc.ts";

export function unary({ operator, operand }: NixUnary): Part[] {
  if (operator === "!") return ["!", () => expression(at(Level.sum, operand))];
  // `-./x` would be read as a path that starts with a minus.
  const first = operand.kind === "call" ? operand.fn : operand;
  const level = first.kind === "path" ? Level.selected : Level.call;
  return ["-", () => expression(at(level, operand))];
}

const COMPARING: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);

export function binary(node: NixBinary): Part[] {
  const chain = operands(node);
  if (!COMPARING.has(node.operator)) return [operation(node.operator, chain, false)];
  const [left, right] = chain as [Nix, Nix];
  return [() => expression(left), SOFTSPACE, node.operator, HARDSPACE, () => expression(right)];
}

export function operation(
  operator: BinaryOperator,
  chain: readonly Nix[],
  explodeFirst: boolean,
): Part {
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
