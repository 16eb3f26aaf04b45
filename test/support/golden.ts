import { fileURLToPath } from "node:url";

/** The path of a golden file. */
export function goldenFile(name: string): string {
  return fileURLToPath(new URL(`../golden/${name}.nix`, import.meta.url));
}
