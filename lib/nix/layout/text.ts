import type { Nix, NixString } from "../tree.ts";
import { flatten } from "./assemble.ts";
import { expression, parenthesisedInner, term } from "./compose.ts";
import { BREAK, group, NEWLINE, nest, offset, type Part, textWidth } from "./doc.ts";
import { isAbsorbableTerm, isSimple } from "./shape.ts";
import { stringForm } from "./strings.ts";

/** A hole longer than this may break the line that it stands on. */
const LONGEST_UNBROKEN_HOLE = 30;

export function stringParts(node: NixString): Part[] {
  const { quotes, lines } = stringForm(node);
  const [first, ...others] = lines.map(textParts);
  if (quotes === '"') return [group(quotes, ...(first ?? []), quotes)];
  if (others.length === 0) return [group(quotes, nest(...(first ?? [])), quotes)];
  return [
    group(
      quotes,
      BREAK,
      nest(...(first ?? []), ...others.flatMap((line): Part[] => [NEWLINE, ...line])),
      quotes,
    ),
  ];
}

/** One line of a string, or a path: escaped text and holes. */
export function textParts(line: readonly (string | Nix)[]): Part[] {
  const [first, second] = line;
  // A hole that is alone on its line is laid out like parentheses.
  if (line.length === 1 && typeof first === "object") return [loneHole(first)];
  if (typeof first !== "string") return line.flatMap(partOf);
  if (line.length === 2 && typeof second === "object" && /^ *$/.test(first))
    return [first, offset(first.length, [loneHole(second)])];
  const leading = /^[\t\n\v\f\r\p{Zs}]*/u.exec(first)?.[0] ?? "";
  return [first, offset(textWidth(leading), line.slice(1).flatMap(partOf))];
}

function partOf(part: string | Nix): Part[] {
  return typeof part === "string" ? [part] : holeParts(part);
}

function loneHole(node: Nix): Part {
  return group("${", nest(...parenthesisedInner(node)), "}");
}

/** `${…}` with other text on its line. */
export function holeParts(node: Nix): Part[] {
  return [
    {
      measured: () => ["${", () => expression(node), "}"],
      unbroken: () => ["${", ...unbroken(node), "}"],
      anywhere: () => brokenHole(node),
    },
  ];
}

/** A hole's expression where the whole string stands on one line. */
function unbroken(node: Nix): Part[] {
  const inner: Part[] = [() => expression(node)];
  return isAbsorbableTerm(node) || isSimple(node) || isShort(inner) ? inner : [nest(...inner)];
}

function isShort(inner: readonly Part[]): boolean {
  return flatten(inner, LONGEST_UNBROKEN_HOLE, "measure") !== undefined;
}

function brokenHole(node: Nix): Part[] {
  if (isAbsorbableTerm(node)) return [group("${", ...term(node), "}")];
  const inner: Part[] = [() => expression(node)];
  if (isSimple(node)) return ["${", ...(flatten(inner, Number.POSITIVE_INFINITY) ?? inner), "}"];
  const flat = flatten([group(...inner)], LONGEST_UNBROKEN_HOLE);
  return [group("${", ...(flat ?? [BREAK, nest(group(...inner)), BREAK]), "}")];
}
