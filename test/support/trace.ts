import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** How a program ran: which programs it became or started, and in how many processes. */
export interface Trace {
  readonly execve: number;
  readonly clone: number;
  /** Every such call with its arguments, but without the environment. */
  readonly calls: string;
}

/** Runs a command under strace, with all of its children. */
export async function trace(
  directory: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Trace> {
  const log = join(await mkdtemp(join(directory, "strace-")), "log");
  const wanted = ["-e", "trace=execve,execveat,clone,clone3,fork,vfork", "-e", "signal=none"];
  await execa("strace", ["-f", "-qq", "-s", "65536", ...wanted, "-o", log, "--", ...command], {
    env,
    reject: false,
    stdin: "ignore",
  });
  const calls = await readFile(log, "utf8");
  const succeeded = (name: RegExp) =>
    calls.split("\n").filter((line) => name.test(line) && / = \d+$/.test(line)).length;
  return {
    execve: succeeded(/\bexecve(at)?\b/),
    clone: succeeded(/\b(clone3?|v?fork)\b/),
    calls,
  };
}
