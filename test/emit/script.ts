import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { file as tmpFile } from "tmp-promise";
import { emitWrapper, type Template } from "../../lib/index.ts";

/** A wrapper's script as Nix would write it, with another program in the agent's place. */
export function scriptOf(template: Template, name: string, program: string): string {
  const call = emitWrapper(template, name);
  const text = call.kind === "call" ? call.args[1] : undefined;
  if (text?.kind !== "string") throw new Error("a wrapper is a name and a script");
  return text.parts.map((part) => (typeof part === "string" ? part : program)).join("");
}

export interface ScriptRun {
  readonly stderr: string;
  /** The agent's environment, when its program is `env -0`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a script in an environment of PATH and what is given. */
export async function runScript(
  script: string,
  args: readonly string[],
  { env = {} }: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ScriptRun> {
  // A file: with `bash -c`, and a socket for standard input, bash would read ~/.bashrc first.
  const { path: file, cleanup } = await tmpFile({ mode: 0o755 });
  await writeFile(file, script);
  const { stdout, stderr } = await execa("bash", [file, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    extendEnv: false,
    stripFinalNewline: false,
  });
  await cleanup();
  const variables = stdout.split("\0").slice(0, -1).map(splitVariable);
  return { stderr, env: Object.fromEntries(variables) };
}

function splitVariable(line: string): [name: string, value: string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}
