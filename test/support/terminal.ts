import type { Terminal } from "../../lib/cli/terminal.ts";

/** A terminal that keeps what is written to it. */
export function capture(
  directory: string,
): Terminal & { readonly said: () => { readonly out: string; readonly err: string } } {
  const out: string[] = [];
  const err: string[] = [];
  return {
    directory,
    write: (text) => void out.push(text),
    writeError: (text) => void err.push(text),
    said: () => ({ out: out.join(""), err: err.join("") }),
  };
}
