import { run } from "../../lib/cli/run.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";

/** Runs the command line in a directory, and keeps what it writes. */
export async function forage(
  args: readonly string[],
  directory: string,
  terminal: Partial<Terminal> = {},
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(args, {
    directory,
    write: (text) => void out.push(text),
    writeError: (text) => void err.push(text),
    ...terminal,
  });
  return { status, out: out.join(""), err: err.join("") };
}

/** A configuration of one agent, as JSON. */
export function config(outputs?: object): string {
  return JSON.stringify({
    $schema: "./forage.schema.json",
    templates: { default: { agents: { ollama: { package: "ollama" } } } },
    sandboxes: { dev: { template: "default" } },
    ...(outputs && { outputs }),
  });
}

/** Two outputs. */
export const OUTPUTS = { "nix/sandboxes.nix": "nixos-module", "wrappers.nix": "wrappers" };
