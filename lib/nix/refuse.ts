import { ForageError, type Path } from "../error.ts";
import { unfitForNix } from "./names.ts";

/** Refuses a value that Nix cannot hold. */
export function refuse(path: Path, message: string, hint?: string): ForageError {
  return new ForageError("nix-value", [
    hint === undefined ? { path, message } : { path, message, hint },
  ]);
}

export function checkText(text: string, path: Path): string {
  const found = unfitForNix(text);
  if (found === undefined) return text;
  throw refuse(path, `text holds ${found}, which Nix cannot hold`, "remove or encode it");
}
