import { execa } from "execa";
import { toolEnvironment } from "./environment.ts";
import { placesOf } from "./places.ts";

export interface LogsOptions {
  /** Whether to go on with what comes @default false */
  readonly follow?: boolean | undefined;
  /** How many of the last lines @default 200 */
  readonly lines?: number | undefined;
  /** The journal inside of the container, and not that of its unit on the host @default false */
  readonly inside?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The journal of a sandbox, to this process's standard output. @returns journalctl's status */
export async function logs(name: string, options: LogsOptions = {}): Promise<number> {
  const { follow = false, lines = 200, inside = false, signal } = options;
  const args = [
    "--no-pager",
    `--lines=${lines}`,
    ...(follow ? ["--follow"] : []),
    inside ? `--machine=${name}` : `--unit=${placesOf(name).unit}`,
  ];
  const { exitCode } = await execa("journalctl", args, {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return exitCode ?? 1;
}
