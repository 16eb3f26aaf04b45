import {
  type Nix,
  type NixAttrName,
  type NixAttrPath,
  type NixBinding,
  type NixEntry,
  type NixInherit,
  type NixPattern,
  type NixPatternField,
  type NixRemark,
  nixNode,
} from "../../../lib/nix/tree.ts";
import {
  type Cursor,
  expectSymbol,
  peekWord,
  refuseBlankLine,
  skipSpace,
  startsWith,
  syntaxError,
  take,
  takeKeyword,
  takeName,
  takeSymbol,
} from "./cursor.ts";
import { expression, select } from "./expression.ts";
import { remarks } from "./remarks.ts";
import { quotedString } from "./strings.ts";

function attrName(c: Cursor): NixAttrName {
  skipSpace(c);
  // A string stays an expression, so that its quotes stay.
  if (startsWith(c, '"')) return quotedString(c);
  if (startsWith(c, "${")) {
    c.at += 2;
    const name = expression(c);
    expectSymbol(c, "}");
    return name;
  }
  const name = takeName(c);
  if (name === undefined) throw syntaxError(c, "an attribute's name");
  return name;
}

export function attrPath(c: Cursor): NixAttrPath {
  const path = [attrName(c)];
  while (take(c, /[ \t\n]*\.(?![./0-9])/y) !== undefined) path.push(attrName(c));
  return path;
}

/** A set's or a `let`'s entries, up to `end`, which stays. */
export function entries(c: Cursor, end: "}" | "in"): NixEntry[] {
  const all: NixEntry[] = [...remarks(c, "bracket")];
  while (end === "}" ? !startsWith(c, "}") : peekWord(c) !== "in") {
    all.push(peekWord(c) === "inherit" ? inherit(c) : binding(c));
    expectSymbol(c, ";");
    all.push(...remarks(c, "entry"));
  }
  return all;
}

function binding(c: Cursor): NixBinding {
  const path = attrPath(c);
  expectSymbol(c, "=");
  refuseBlankLine(c, "=");
  return { [nixNode]: true, kind: "binding", path, value: expression(c) };
}

function inherit(c: Cursor): NixInherit {
  takeKeyword(c, "inherit");
  let from: Nix | undefined;
  if (takeSymbol(c, "(")) {
    from = expression(c);
    expectSymbol(c, ")");
  }
  const names: string[] = [];
  for (skipSpace(c); !startsWith(c, ";"); skipSpace(c)) {
    const name = attrName(c);
    names.push(typeof name === "string" ? name : staticText(c, name));
  }
  return { [nixNode]: true, kind: "inherit", from, names };
}

function staticText(c: Cursor, name: Nix): string {
  if (name.kind === "string" && name.parts.every((part) => typeof part === "string"))
    return name.parts.join("");
  throw syntaxError(c, "a static name");
}

/** The items between `[` and `]`, behind both. */
export function listItems(c: Cursor): (Nix | NixRemark)[] {
  expectSymbol(c, "[");
  const items: (Nix | NixRemark)[] = [...remarks(c, "bracket")];
  while (!startsWith(c, "]")) items.push(select(c), ...remarks(c, "entry"));
  c.at++;
  return items;
}

/** Whether the brace that is next opens a function's pattern. */
export function opensPattern(c: Cursor): boolean {
  const ahead: Cursor = { text: c.text, at: c.at + 1 };
  take(ahead, /(?:[ \t\n]|#[^\n]*|\/\*[\s\S]*?\*\/)*/y);
  if (startsWith(ahead, "...")) return true;
  if (startsWith(ahead, "}")) {
    ahead.at++;
    return take(ahead, /[ \t\n]*[:@]/y) !== undefined;
  }
  if (take(ahead, /[a-zA-Z_][a-zA-Z0-9_'-]*/y) === undefined) return false;
  return take(ahead, /(?:[ \t\n]|#[^\n]*|\/\*[\s\S]*?\*\/)*[,?}]/y) !== undefined;
}

/** `{ … }`, and `@name` before or after it. */
export function pattern(c: Cursor): NixPattern {
  skipSpace(c);
  if (startsWith(c, "{")) {
    const { fields, open } = braces(c);
    if (!takeSymbol(c, "@")) return { fields, open, as: undefined };
    const name = takeName(c);
    if (name === undefined) throw syntaxError(c, "a name");
    return { fields, open, as: { name, side: "after" } };
  }
  const name = takeName(c);
  if (name === undefined) throw syntaxError(c, "a name");
  expectSymbol(c, "@");
  skipSpace(c);
  return { ...braces(c), as: { name, side: "before" } };
}

function braces(c: Cursor): Pick<NixPattern, "fields" | "open"> {
  expectSymbol(c, "{");
  const fields: (NixPatternField | NixRemark)[] = [...remarks(c, "bracket")];
  let open = false;
  while (!startsWith(c, "}")) {
    if (takeSymbol(c, "...")) open = true;
    else {
      const name = takeName(c);
      if (name === undefined) throw syntaxError(c, "a parameter");
      const fallback = takeSymbol(c, "?") ? expression(c) : undefined;
      fields.push({ [nixNode]: true, kind: "field", name, fallback });
    }
    // A comma may stand on the next line, with the parameter that follows.
    if (take(c, /[ \t\n]*,/y) === undefined) take(c, /[ \t\n]*(?=\})/y);
    fields.push(...remarks(c, "entry"));
  }
  c.at++;
  return { fields, open };
}
