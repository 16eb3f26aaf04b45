import { ForageError, type Path } from "../error.ts";
import { unfitForNix } from "./names.ts";

/** Refuses a value that Nix cannot hold. */
export function refuse(path: Path, message: string, hint?: string): ForageError {
  return new ForageError("nix-value", [
    hint === undefined ? { path, message } : { path, message, hint },
  ]);
}

/** A value as a message names it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

export function checkText(text: string, path: Path): string {
  if (typeof text !== "string") throw refuse(path, `${shown(text)} is no text`, "pass a string");
  const found = unfitForNix(text);
  if (found === undefined) return text;
  throw refuse(path, `text holds ${found}, which Nix cannot hold`, "remove or encode it");
}
