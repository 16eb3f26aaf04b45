import { lift, type NixValue, printNix } from "../../lib/nix/index.ts";

/** The text of a value, without the final line break. */
export function text(value: NixValue): string {
  return printNix(lift(value)).slice(0, -1);
}
