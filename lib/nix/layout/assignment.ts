import { operands } from "../precedence.ts";
import type { Nix, NixBinary } from "../tree.ts";
import { application } from "./application.ts";
import { absorbed, callOf, expression, hangingParens, term } from "./compose.ts";
import { group, HARDSPACE, nest, type Part, priority, SPACE, transparent } from "./doc.ts";
import { operation } from "./operators.ts";
import { isAbsorbableExpression, isAbsorbableTerm, isSearchPath, isTerm } from "./shape.ts";

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
