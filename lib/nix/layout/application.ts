import { isRemark } from "../node.ts";
import type { Nix, NixList, NixParens } from "../tree.ts";
import { flatten } from "./assemble.ts";
import { expression, hangingParens, term } from "./compose.ts";
import {
  BRACKET,
  BREAK,
  group,
  HARDSPACE,
  nest,
  type Part,
  priority,
  SPACE,
  transparent,
} from "./doc.ts";
import { isAbsorbableTerm, isSimple, isTerm } from "./shape.ts";

/** A function, or the keyword that is laid out like one, and its arguments, in the parentheses they need. */
export interface Application {
  readonly fn: Nix | "assert";
  readonly args: readonly Nix[];
}

/** Where an application stands: that decides where its line may break. */
export type ApplicationPlace =
  /** Anywhere. */
  | "inline"
  /** After `=` or an operator: it starts on a line of its own if its head does not fit on this one. */
  | "own line"
  /** Between parentheses: both ends may break. */
  | "parenthesised";

/**
 * An application: as many arguments on the first line as fit, and the last one may be multi-line without forcing the
 * others to be.
 */
export function application({ fn, args }: Application, place: ApplicationPlace): Part[] {
  const before: Part[] = place === "own line" ? [SPACE] : [];
  const after: Part[] = place === "parenthesised" ? [BREAK] : [];
  const last = args.at(-1) as Nix;
  const secondLast = args.at(-2);
  const heads = headsOf(fn, args, place);
  if (last.kind === "list" && secondLast?.kind === "list")
    return [
      group(
        ...before,
        transparent(...(heads[args.length - 2] as Part[])),
        SPACE,
        nest(group(...argument(secondLast))),
        SPACE,
        nest(group(...argument(last))),
        ...after,
      ),
    ];
  const head = [...before, transparent(...(heads[args.length - 1] as Part[]))];
  const broken = () => [group(...head, SPACE, lastArgument(last), ...after)];
  const isSimpleCall = fn !== "assert" && args.length <= 2 && isSimple(fn) && args.every(isSimple);
  if (!isSimpleCall) return broken();
  const anywhere = () => {
    const flat = flatten(head, Number.POSITIVE_INFINITY);
    return flat === undefined ? broken() : [group(...flat, HARDSPACE, lastArgument(last))];
  };
  return [{ measured: broken, unbroken: broken, anywhere }];
}

/** The function with its first 0, 1, 2 … arguments. */
function headsOf(fn: Nix | "assert", args: readonly Nix[], place: ApplicationPlace): Part[][] {
  const start: Part[] = fn === "assert" ? ["assert"] : [() => expression(fn)];
  const heads: Part[][] = [place === "parenthesised" ? [nest(group(BREAK, ...start))] : start];
  for (const [index, arg] of args.slice(0, -1).entries()) {
    const head = heads[index] as Part[];
    const previous = args[index - 1];
    // A selection would break at its dot before anything else, which looks odd.
    if (arg.kind === "select")
      heads.push([transparent(...head), SPACE, nest(group(...argument(arg)))]);
    else if (arg.kind === "list" && previous?.kind === "list")
      heads.push([
        transparent(
          transparent(...(heads[index - 1] as Part[])),
          nest(group(SPACE, group(...argument(previous)), SPACE, group(...argument(arg)))),
        ),
      ]);
    else heads.push([transparent(...head), SPACE, nest(priority(...argument(arg)))]);
  }
  return heads;
}

function argument(node: Nix): Part[] {
  return node.kind === "list" && isShortList(node) ? shortList(node) : [() => expression(node)];
}

/** A list that as an argument may stand on one line. */
function isShortList({ items }: NixList): boolean {
  return (
    items.length <= 6 && items.every((item) => !isRemark(item) && isTerm(item) && isSimple(item))
  );
}

function shortList({ items }: NixList): Part[] {
  // nixfmt measures the two sides of an empty list's space one by one.
  if (items.length === 0) return ["[", HARDSPACE, HARDSPACE, "]"];
  const separated = items.flatMap((item, index): Part[] => {
    const part = group(() => expression(item as Nix));
    return index === 0 ? [part] : [SPACE, part];
  });
  return ["[", BRACKET, nest(...separated), BRACKET, "]"];
}

function lastArgument(node: Nix): Part {
  if (isAbsorbableTerm(node)) return priority(nest(() => term(node)));
  if (node.kind !== "parens") return group(nest(() => expression(node)));
  return huggingParens(node) ?? hangingParens(node);
}

/** `(x: {…})` and `(f {…})` open with what they hold. */
function huggingParens({ body }: NixParens): Part | undefined {
  if (body.kind === "function" && typeof body.parameter === "string" && isAbsorbableTerm(body.body))
    return priority(
      nest("(", body.parameter, ":", HARDSPACE, () => term(body.body as Nix, true), ")"),
    );
  if (body.kind !== "call" || body.fn.kind !== "identifier" || body.args.length !== 1)
    return undefined;
  const { name } = body.fn;
  const only = body.args[0] as Nix;
  return isAbsorbableTerm(only)
    ? priority(nest("(", name, HARDSPACE, () => term(only, true), ")"))
    : undefined;
}
