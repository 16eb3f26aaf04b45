import { isRemark } from "../node.ts";
import { at, Level } from "../precedence.ts";
import { attrName } from "../text.ts";
import type { NixAttrPath, NixBinding, NixInherit, NixList, NixSet } from "../tree.ts";
import { rightHandSide } from "./assignment.ts";
import { expression, parenthesisedInner } from "./compose.ts";
import {
  BRACKET,
  BREAK,
  group,
  HARDLINE,
  HARDSPACE,
  nest,
  type Part,
  priority,
  SPACE,
} from "./doc.ts";
import { alwaysExplodes, isBarePath, shown } from "./shape.ts";
import { holeParts, stringParts } from "./text.ts";

export function list(node: NixList): Part[] {
  const { items } = node;
  const [only] = shown(items);
  if (only === undefined) return ["[", HARDSPACE, "]"];
  if (alwaysExplodes(node) || isRemark(only))
    return ["[", HARDLINE, nest({ lines: items }), HARDLINE, "]"];
  return ["[", BRACKET, nest(group(() => expression(at(Level.argument, only)))), BRACKET, "]"];
}

export function set(node: NixSet, explode: boolean): Part[] {
  const { entries } = node;
  const start = node.recursive ? ["rec", HARDSPACE, "{"] : ["{"];
  const [only] = shown(entries);
  if (only === undefined) return [...start, HARDSPACE, "}"];
  if (explode || alwaysExplodes(node) || isRemark(only))
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
