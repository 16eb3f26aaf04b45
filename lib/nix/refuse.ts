import { ForageError, type Path } from "../error.ts";
import { isNixText } from "./names.ts";

/** Refuses a value that Nix cannot hold. */
export function refuse(path: Path, message: string, hint?: string): ForageError {
  return new ForageError("nix-value", [
    hint === undefined ? { path, message } : { path, message, hint },
  ]);
}

export function checkText(text: string, path: Path): string {
  if (isNixText(text)) return text;
  const found = text.includes("\0") ? "a NUL character" : "half of a surrogate pair";
  throw refuse(path, `text holds ${found}, which Nix cannot hold`, "remove or encode it");
}
