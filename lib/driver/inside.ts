import { RUN_UNIT_PREFIX } from "./places.ts";
import type { SandboxRecord } from "./records.ts";

/**
 * Runs a command as a login shell would, and stays to tell how it ended: systemd takes a program that dies of SIGINT or
 * SIGTERM for one that has succeeded. The traps are for the shell only; a signal reaches the command as well.
 */
const LOGIN = 'trap : HUP INT QUIT TERM USR1 USR2; "$@"; exit "$?"';

export interface InsideOptions {
  /** Its unit, to be signalled by; without one systemd makes up a name. */
  readonly unit?: string;
  /** With a terminal of its own (`"pty"`), or with our standard streams. @default "pipe" */
  readonly streams?: "pty" | "pipe";
  /** @default the user's home directory */
  readonly directory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The command line that runs a program in a sandbox as its agents' user, with the limits that systemd-nspawn sets.
 * `nixos-container run` enters past those, as root.
 */
export function insideArgv(
  { name, user }: Pick<SandboxRecord, "name" | "user">,
  argv: readonly string[],
  { unit, streams = "pipe", directory, environment = {} }: InsideOptions = {},
): string[] {
  return [
    "systemd-run",
    "--quiet",
    `--machine=${name}`,
    `--uid=${user.name}`,
    `--${streams}`,
    "--wait",
    ...(unit === undefined ? ["--collect"] : [`--unit=${unit}`]),
    ...(directory === undefined ? [] : [`--working-directory=${directory}`]),
    ...Object.entries(environment).map(([variable, value]) => `--setenv=${variable}=${value}`),
    "--",
    ...["/bin/sh", "-lc", LOGIN, "sh", ...argv].map(unexpanded),
  ];
}

/** systemd expands variables in the words of a command line. */
function unexpanded(word: string): string {
  return word.replaceAll("$", "$$$$");
}

export const runsPattern: string = `${RUN_UNIT_PREFIX}*`;
