import type { NixComment } from "../tree.ts";

/** A comment's lines as Nix text. */
export function remarkLines({ style, lines }: NixComment): string[] {
  if (style === "line") return lines.map((line) => (line === "" ? "#" : `# ${line}`));
  return ["/**", ...lines.map((line) => (line === "" ? "" : `  ${line}`)), "*/"];
}
