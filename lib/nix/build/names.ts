import type { Path } from "../../error.ts";
import { lift } from "../lift.ts";
import { isIdentifier } from "../names.ts";
import { isNode, stringNode } from "../node.ts";
import { checkText, refuse, shown } from "../refuse.ts";
import type { NixAttrName, NixAttrPath } from "../tree.ts";

/** An attribute's name, or its path: text is one static name, an expression a dynamic one. */
export type NixAttrPathInput = NixAttrName | readonly [NixAttrName, ...NixAttrName[]];

export function attrPath(path: NixAttrPathInput): NixAttrPath {
  if (typeof path === "string" || isNode(path)) return [attrPathName(path, [])];
  if (!Array.isArray(path))
    throw refuse([], `${shown(path)} is no attribute path`, "pass its names");
  if (path.length === 0) throw refuse([], "an attribute path needs a name");
  return path.map((name: NixAttrName, index) => attrPathName(name, [index]));
}

function attrPathName(name: NixAttrName, at: Path): NixAttrName {
  if (typeof name === "string") return checkName(name, at);
  const lifted = lift(name, at);
  // An attribute's name cannot be a `''…''` string.
  return lifted.kind === "string" ? stringNode(lifted.parts, false) : lifted;
}

export function checkName(name: string, at: Path): string {
  if (typeof name !== "string") throw refuse(at, "an attribute's name is text");
  return checkText(name, at);
}

export function checkIdentifier(name: string, at: Path): string {
  if (typeof name === "string" && isIdentifier(name)) return name;
  throw refuse(
    at,
    `${shown(name)} is no variable's name: letters, digits, _ ' and -, not starting with a digit, and no keyword`,
  );
}
