import { lift } from "../lift.ts";
import { isExpression, isNode, stringNode } from "../node.ts";
import { checkText, refuse } from "../refuse.ts";
import { type Nix, nixNode } from "../tree.ts";

/**
 * A string with holes: a hole that is text or a number is spliced as text, an expression is interpolated. JavaScript's
 * escapes apply to the text, as in any template.
 *
 * @example str`${pkgs("bash")}/bin/bash` // "${pkgs.bash}/bin/bash"
 */
export function str(
  texts: TemplateStringsArray,
  ...holes: readonly (Nix | string | number | bigint)[]
): Nix {
  return stringNode(templateParts(textsOf(texts, "str").map(cookedText), holes), false);
}

/**
 * Text over several lines, as `''…''` where Nix reads that back unchanged and as `"…"` where it would not (a carriage
 * return, lines of spaces only, an indentation that all lines share).
 *
 * @example indented("echo one\necho two\n")
 */
export function indented(...parts: readonly (string | Nix)[]): Nix {
  return stringNode(mergeText(parts), true);
}

function textsOf(texts: TemplateStringsArray, tag: string): TemplateStringsArray {
  if (Array.isArray(texts)) return texts;
  throw refuse([], `${tag} is a tag`, `write ${tag}\`…\`, without parentheses`);
}

function cookedText(text: string | undefined, index: number): string {
  if (text === undefined)
    throw refuse([index], "the template has an escape that JavaScript cannot read");
  return text;
}

function templateParts(
  texts: readonly string[],
  holes: readonly (Nix | string | number | bigint)[],
): (string | Nix)[] {
  const parts: (string | Nix)[] = [];
  for (const [index, text] of texts.entries()) {
    parts.push(text);
    const hole = holes[index];
    if (index < holes.length) parts.push(holePart(hole, index));
  }
  return mergeText(parts);
}

function holePart(hole: unknown, index: number): string | Nix {
  if (typeof hole === "string" || isExpression(hole)) return hole;
  if (typeof hole === "bigint" || (typeof hole === "number" && Number.isFinite(hole)))
    return String(hole);
  throw refuse([index], "a string's hole takes text, a number or an expression");
}

function mergeText(parts: readonly (string | Nix)[]): (string | Nix)[] {
  const merged: (string | Nix)[] = [];
  for (const [index, part] of parts.entries()) {
    const last = merged.at(-1);
    if (typeof part !== "string") merged.push(lift(part, [index]));
    else if (part !== "")
      if (typeof last === "string") merged[merged.length - 1] = last + checkText(part, [index]);
      else merged.push(checkText(part, [index]));
  }
  return merged;
}

/**
 * Nix text as it stands, for what the builders lack. The holes take expressions only, so that no unchecked text joins in;
 * neither the layout nor the meaning of the text is checked. JavaScript's escapes apply: Nix's own `${` is written `\${`.
 *
 * @example raw`__curPos // ${attrs({ a: 1 })}`
 */
export function raw(texts: TemplateStringsArray, ...holes: readonly Nix[]): Nix {
  const parts: (string | Nix)[] = [];
  for (const [index, text] of textsOf(texts, "raw").entries()) {
    parts.push(checkText(cookedText(text, index), [index]));
    const hole = holes[index];
    if (hole === undefined) continue;
    if (!isNode(hole))
      throw refuse(
        [index],
        "a hole of raw takes expressions only",
        "build it with str, ref or attrs",
      );
    parts.push(hole);
  }
  return { [nixNode]: true, kind: "raw", parts };
}
