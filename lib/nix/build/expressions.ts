import { staticName } from "../duplicates.ts";
import { lift, type NixValue } from "../lift.ts";
import { selectNode } from "../node.ts";
import { BINARY_OPERATORS } from "../precedence.ts";
import { refuse, shown } from "../refuse.ts";
import { type BinaryOperator, type Nix, type NixAttrName, nixNode } from "../tree.ts";
import { attrPath, type NixAttrPathInput } from "./names.ts";
import { entriesOf, type NixMembers } from "./sets.ts";

/**
 * An attribute of any expression: `select(apply(f, x), "a", "b")` is `(f x).a.b`.
 */
export function select(from: NixValue, ...path: readonly [NixAttrName, ...NixAttrName[]]): Nix {
  const lifted = lift(from);
  const names = attrPath(path);
  return lifted.kind === "select" && lifted.fallback === undefined
    ? selectNode(lifted.from, [...lifted.path, ...names], undefined)
    : selectNode(lifted, names, undefined);
}

/** `from.path or fallback` */
export function selectOr(from: NixValue, path: NixAttrPathInput, fallback: NixValue): Nix {
  return selectNode(lift(from), attrPath(path), lift(fallback));
}

/** `from ? path` */
export function has(from: NixValue, ...path: readonly [NixAttrName, ...NixAttrName[]]): Nix {
  return { [nixNode]: true, kind: "has", from: lift(from), path: attrPath(path) };
}

/**
 * `let … in body`
 *
 * @throws ForageError `nix-value` when a name is dynamic, which Nix takes in sets only
 */
export function letIn(members: NixMembers, body: NixValue): Nix {
  const entries = entriesOf(members);
  for (const [index, entry] of entries.entries())
    if (entry.kind === "binding" && entry.path.some((name) => staticName(name) === undefined))
      throw refuse([index], "a name in let is static", "put the dynamic name in a set");
  return { [nixNode]: true, kind: "let", entries, body: lift(body) };
}

/** `with scope; body` */
export function withIn(scope: NixValue, body: NixValue): Nix {
  return { [nixNode]: true, kind: "with", scope: lift(scope), body: lift(body) };
}

/** `if condition then yes else no` */
export function ifElse(condition: NixValue, yes: NixValue, no: NixValue): Nix {
  return {
    [nixNode]: true,
    kind: "if",
    condition: lift(condition),
    yes: lift(yes),
    no: lift(no),
  };
}

/** `assert condition; body` */
export function assertThat(condition: NixValue, body: NixValue): Nix {
  return { [nixNode]: true, kind: "assert", condition: lift(condition), body: lift(body) };
}

/**
 * A binary operator; parentheses are added where precedence needs them.
 *
 * @example op(ref("a"), "++", [pkgs("hello")])
 */
export function op(left: NixValue, operator: BinaryOperator, right: NixValue): Nix {
  if (!BINARY_OPERATORS.has(operator))
    throw refuse(
      [],
      `${shown(operator)} is no Nix operator`,
      `use one of ${[...BINARY_OPERATORS].join(" ")}`,
    );
  return { [nixNode]: true, kind: "binary", operator, left: lift(left), right: lift(right) };
}

/** `!operand` */
export function not(operand: NixValue): Nix {
  return { [nixNode]: true, kind: "unary", operator: "!", operand: lift(operand) };
}

/** `-operand` */
export function negate(operand: NixValue): Nix {
  return { [nixNode]: true, kind: "unary", operator: "-", operand: lift(operand) };
}

/** Parentheses that a reader wants though Nix needs none. */
export function parens(body: NixValue): Nix {
  return { [nixNode]: true, kind: "parens", body: lift(body) };
}
