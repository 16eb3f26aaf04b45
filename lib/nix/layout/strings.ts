import { escapeIndentedText, escapeText } from "../text.ts";
import type { Nix, NixString } from "../tree.ts";

/** A string as it will be printed: its quotes, and its lines of escaped text and holes. */
export interface StringForm {
  readonly quotes: '"' | "''";
  readonly lines: readonly (readonly (string | Nix)[])[];
}

const forms = new WeakMap<NixString, StringForm>();

/** How a string is printed. An indented one falls back to double quotes where `''…''` would change its text. */
export function stringForm(string: NixString): StringForm {
  const known = forms.get(string);
  if (known !== undefined) return known;
  const form =
    (string.indented ? indentedForm(string.parts) : undefined) ?? quotedForm(string.parts);
  forms.set(string, form);
  return form;
}

function quotedForm(parts: NixString["parts"]): StringForm {
  const line = parts.map((part, index) =>
    typeof part === "string" ? escapeText(part, index < parts.length - 1) : part,
  );
  return { quotes: '"', lines: [line] };
}

function indentedForm(parts: NixString["parts"]): StringForm | undefined {
  let line: (string | Nix)[] = [];
  const lines = [line];
  let indentation = Number.POSITIVE_INFINITY;
  for (const [index, part] of parts.entries()) {
    if (typeof part !== "string") {
      if (line.length === 0) indentation = 0;
      line.push(part);
      continue;
    }
    // A raw CR is read back as LF, and `''…''` has no readable escape for it.
    if (part.includes("\r")) return undefined;
    const texts = part.split("\n");
    for (const [row, text] of texts.entries()) {
      const lastRow = row === texts.length - 1;
      const endsLine = !lastRow || index === parts.length - 1;
      if (row > 0) {
        line = [];
        lines.push(line);
      }
      if (text === "") continue;
      if (line.length === 0) {
        const leading = /^ */.exec(text)?.[0].length ?? 0;
        // Nix drops the spaces of a line that has nothing else.
        if (endsLine && leading === text.length) return undefined;
        indentation = Math.min(indentation, leading);
      }
      const next = !lastRow ? "break" : index === parts.length - 1 ? "close" : "hole";
      line.push(escapeIndentedText(text, next));
    }
  }
  // Nix strips the indentation that all lines share.
  if (indentation > 0 && indentation < Number.POSITIVE_INFINITY) return undefined;
  if (lines.length > 1) return { quotes: "''", lines };
  // On one line nixfmt keeps `''` only where double quotes would need escapes.
  const escaped = line.some((part) => typeof part === "string" && /["\\]/.test(part));
  return escaped ? { quotes: "''", lines } : undefined;
}
