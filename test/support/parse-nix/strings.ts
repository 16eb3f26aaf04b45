import { type Nix, type NixString, nixNode } from "../../../lib/nix/tree.ts";
import { type Cursor, expectSymbol, NotInTree, startsWith, syntaxError, take } from "./cursor.ts";
import { expression } from "./expression.ts";
import { type Piece, stripIndentation } from "./indentation.ts";

function hole(c: Cursor): Nix {
  c.at += 2;
  const inside = expression(c);
  expectSymbol(c, "}");
  return inside;
}

function stringNode(parts: readonly (string | Nix)[], indented: boolean): NixString {
  const joined: (string | Nix)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string")
      joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  }
  return { [nixNode]: true, kind: "string", indented, parts: joined };
}

function unescaped(letter: string): string {
  return { n: "\n", r: "\r", t: "\t" }[letter] ?? letter;
}

/** A `"…"` whose opening quote is next. */
export function quotedString(c: Cursor): NixString {
  c.at++;
  const parts: (string | Nix)[] = [];
  while (!startsWith(c, '"')) {
    if (startsWith(c, "${")) parts.push(hole(c));
    else if (startsWith(c, "\\")) {
      parts.push(unescaped(c.text[c.at + 1] ?? ""));
      c.at += 2;
    } else {
      // A dollar takes the letter after it along, so `$${` is no hole.
      const text = take(c, /(?:[^$"\\]|\$[^{"\\])+|\$/y);
      if (text === undefined) throw syntaxError(c, "the string's end");
      if (text.includes("\n")) throw new NotInTree("line break in a quoted string");
      parts.push(text);
    }
  }
  c.at++;
  return stringNode(parts, false);
}

/** A `''…''` whose opening quotes are next. */
export function indentedString(c: Cursor): NixString {
  take(c, /''(?: *\n)?/y);
  const pieces: Piece[] = [];
  const text = (found: string, escaped: boolean) => pieces.push({ text: found, escaped });
  for (;;) {
    const plain = take(c, /(?:[^$']|\$[^{']|'[^'$])+/y);
    if (plain !== undefined) text(plain, false);
    else if (startsWith(c, "''$")) {
      c.at += 3;
      text("$", true);
    } else if (startsWith(c, "'''")) {
      c.at += 3;
      text("''", true);
    } else if (startsWith(c, "''\\")) {
      text(unescaped(c.text[c.at + 3] ?? ""), true);
      c.at += 4;
    } else if (startsWith(c, "''")) {
      c.at += 2;
      return stringNode(stripIndentation(pieces), true);
    } else if (startsWith(c, "${")) pieces.push({ hole: hole(c) });
    else {
      const single = take(c, /[$']/y);
      if (single === undefined) throw syntaxError(c, "the string's end");
      text(single, true);
    }
  }
}

/** A path or search path, when one is next. */
export function path(c: Cursor): Nix | undefined {
  const search = take(c, /<[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*>/y);
  if (search !== undefined) return { [nixNode]: true, kind: "path", parts: [search] };
  const start = take(c, /(?:~|[a-zA-Z0-9._+-]*)(?:(?:\/[a-zA-Z0-9._+-]+)+\/?|\/(?=\$\{))/y);
  if (start === undefined) return undefined;
  const parts: (string | Nix)[] = [start];
  while (startsWith(c, "${")) {
    parts.push(hole(c));
    const more = take(c, /[a-zA-Z0-9._+/-]+/y);
    if (more !== undefined) parts.push(more);
  }
  return { [nixNode]: true, kind: "path", parts };
}

/** A URI literal, when one is next; it is a string that nixfmt writes with quotes. */
export function uri(c: Cursor): Nix | undefined {
  const text = take(c, /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/y);
  return text === undefined ? undefined : stringNode([text], false);
}
