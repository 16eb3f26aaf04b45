import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { PATIENCE_MS } from "./hang.ts";

/** What an agent was started with, as the kernel tells it. */
export interface StartedAgent {
  /** Its own process, by its own words. */
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Run {
  /** The process that was started as the wrapper. */
  readonly pid: number | undefined;
  /** The agent, when the wrapper got as far as to start it. */
  readonly agent: StartedAgent | undefined;
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The whole of the environment, but for what steers the stand-in agent @default PATH alone */
  readonly env?: Readonly<Record<string, string>>;
  /** What comes before the wrapper on the command line, such as `["bash", "-x"]` @default [] */
  readonly through?: readonly string[];
  /** Is called while the agent runs. */
  readonly during?: (agent: StartedAgent) => Promise<void> | void;
}

const PATH = process.env["PATH"] ?? "/usr/bin:/bin";

/** Starts a wrapper, looks at the stand-in agent while that waits for its input's end, and lets it end. */
export async function runWrapper(
  script: string,
  args: readonly string[] = [],
  { env = {}, through = [], during }: RunOptions = {},
): Promise<Run> {
  const [file = script, ...words] = [...through, script, ...args];
  const child = execa(file, words, {
    env: { PATH, STAND_IN_WAIT: "1", ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: PATIENCE_MS,
  });
  const agentPid = new Promise<number | undefined>((resolve) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const [, pid] = /^pid (\d+)$/m.exec(said) ?? [];
      if (pid !== undefined) resolve(Number(pid));
    });
    void child.then(() => resolve(undefined));
  });
  let agent: StartedAgent | undefined;
  try {
    const pid = await agentPid;
    if (pid !== undefined) {
      agent = await startedAgent(pid);
      await during?.(agent);
    }
  } finally {
    child.stdin.end();
  }
  const { exitCode, signal, stdout, stderr, timedOut } = await child;
  if (timedOut) throw new Error(`${script} hangs`);
  return { pid: child.pid, agent, status: exitCode, signal, stdout, stderr };
}

/** Reads what the kernel knows of a stand-in agent. */
async function startedAgent(pid: number): Promise<StartedAgent> {
  const [commandLine, environment] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, "utf8"),
    readFile(`/proc/${pid}/environ`, "utf8"),
  ]);
  // The interpreter and the stand-in's script come before its arguments.
  const [, , ...args] = commandLine.split("\0").slice(0, -1);
  const variables = environment.split("\0").slice(0, -1);
  return {
    pid,
    args,
    env: Object.fromEntries(variables.map((variable) => splitOnce(variable, "="))),
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
