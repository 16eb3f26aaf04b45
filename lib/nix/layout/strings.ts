import { escapeIndentedText, escapeText } from "../text.ts";
import type { Nix, NixString } from "../tree.ts";

/** A string as it will be printed: its quotes, and its lines of escaped text and holes. */
export interface StringForm {
  readonly quotes: '"' | "''";
  readonly lines: readonly (readonly (string | Nix)[])[];
}

/** How a string is printed. An indented one falls back to double quotes where `''…''` would change its text. */
export function stringForm({ indented, parts }: NixString): StringForm {
  if (!indented || !keepsItsText(shapeOf(parts))) return quotedForm(parts);
  const lines = splitLines(escapeIndentedParts(parts));
  if (lines.length > 1) return { quotes: "''", lines };
  // On one line nixfmt keeps `''` only where double quotes would need escapes.
  const needed = lines[0]?.some((part) => typeof part === "string" && /["\\]/.test(part));
  return needed ? { quotes: "''", lines } : quotedForm(parts);
}

function quotedForm(parts: NixString["parts"]): StringForm {
  const line = parts.map((part, index) =>
    typeof part === "string" ? escapeText(part, index < parts.length - 1) : part,
  );
  return { quotes: '"', lines: [line] };
}

/** A character that stands for a hole; text cannot hold it. */
export const HOLE = "\0";

/** A string's text with a mark for each hole. */
export function shapeOf(parts: NixString["parts"]): string {
  const [first] = parts;
  if (parts.length === 1 && typeof first === "string") return first;
  return parts.map((part) => (typeof part === "string" ? part : HOLE)).join("");
}

/** Whether `''…''` gives back the text that is put into it. */
export function keepsItsText(shape: string): boolean {
  // A raw CR is read back as LF, and `''…''` has no readable escape for it.
  if (shape.includes("\r")) return false;
  // Nix drops the spaces of a line that has nothing else,
  if (/(?:^|\n) +(?:\n|$)/.test(shape)) return false;
  // and strips the indentation that all lines share.
  return /(?:^|\n)[^ \n]/.test(shape) || /^\n*$/.test(shape);
}

/** The parts as they stand between `''` and `''`. */
export function escapeIndentedParts(parts: NixString["parts"]): readonly (string | Nix)[] {
  return parts.map((part, index) =>
    typeof part === "string"
      ? escapeIndentedText(part, index < parts.length - 1 ? "hole" : "close")
      : part,
  );
}

function splitLines(parts: readonly (string | Nix)[]): (string | Nix)[][] {
  let line: (string | Nix)[] = [];
  const lines = [line];
  for (const part of parts) {
    if (typeof part !== "string") {
      line.push(part);
      continue;
    }
    const [first, ...others] = part.split("\n");
    if (first !== undefined && first !== "") line.push(first);
    for (const text of others) {
      line = text === "" ? [] : [text];
      lines.push(line);
    }
  }
  return lines;
}
