import type { NixPattern, NixPatternField, NixRemark } from "../tree.ts";
import { rightHandSide } from "./assignment.ts";
import {
  BRACKET,
  EMPTYLINE,
  group,
  HARDLINE,
  HARDSPACE,
  nest,
  type Part,
  trailing,
} from "./doc.ts";
import { remarkLines } from "./remark.ts";
import { shown } from "./shape.ts";

/** A set pattern with the name of its whole: `args@{ a, ... }`. */
export function patternParts({ fields, open, as }: NixPattern): Part[] {
  const set = fieldsParts(shown(fields), open);
  if (as === undefined) return [set];
  return as.side === "before" ? [as.name, "@", set] : [set, "@", as.name];
}

function fieldsParts(fields: NixPattern["fields"], open: boolean): Part {
  if (fields.length === 0)
    return open ? group("{", BRACKET, nest("..."), BRACKET, "}") : group("{", HARDSPACE, "}");
  const separator = isFlat(fields) ? BRACKET : HARDLINE;
  const parts: Part[] = [];
  for (const [index, member] of fields.entries()) {
    if (index > 0) parts.push(separator);
    const last = index === fields.length - 1 && !open;
    parts.push(...(member.kind === "field" ? fieldParts(member, last) : remarkParts(member)));
  }
  if (open) parts.push(separator, "...");
  return group("{", separator, nest(...parts), separator, "}");
}

/** Two plain names may stand on one line. */
function isFlat(fields: NixPattern["fields"]): boolean {
  return (
    fields.length <= 2 &&
    fields.every((field) => field.kind === "field" && field.fallback === undefined)
  );
}

function fieldParts({ name, fallback }: NixPatternField, last: boolean): Part[] {
  const comma = last ? trailing(",") : ",";
  if (fallback === undefined) return [name, comma];
  const field: Part[] = [name, HARDSPACE, nest("?", ...rightHandSide(fallback))];
  return last ? [group(...field), comma] : [group(...field, comma)];
}

function remarkParts(remark: NixRemark): Part[] {
  if (remark.kind === "blank") return [EMPTYLINE];
  return remarkLines(remark).flatMap((line, index): Part[] =>
    index === 0 ? [line] : [line === "" ? EMPTYLINE : HARDLINE, line],
  );
}
