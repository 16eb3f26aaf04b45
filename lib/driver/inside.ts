import { randomUUID } from "node:crypto";
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
  /** After how many seconds systemd ends it @default never */
  readonly limitSeconds?: number;
  /** Whether its unit is forgotten when it has ended @default whether it has no name */
  readonly isForgotten?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The command line that runs a program in a sandbox as its agents' user, with the limits that systemd-nspawn sets.
 * `nixos-container run` enters past those, as root.
 */
export function insideArgv(
  { name, user }: Pick<SandboxRecord, "name" | "user">,
  argv: readonly string[],
  options: InsideOptions = {},
): string[] {
  const { unit, streams = "pipe", directory = "~", limitSeconds, environment = {} } = options;
  const { isForgotten = unit === undefined } = options;
  return [
    "systemd-run",
    "--quiet",
    `--machine=${name}`,
    `--uid=${user.name}`,
    `--${streams}`,
    "--wait",
    ...(isForgotten ? ["--collect"] : []),
    ...(unit === undefined ? [] : [`--unit=${unit}`]),
    // Not --working-directory, which takes no "~"; without one it would be the root directory.
    `--property=WorkingDirectory=${directory}`,
    ...(limitSeconds === undefined ? [] : [`--property=RuntimeMaxSec=${limitSeconds}`]),
    ...Object.entries(environment).map(([variable, value]) => `--setenv=${variable}=${value}`),
    "--",
    ...["/bin/sh", "-lc", LOGIN, "sh", ...argv].map(unexpanded),
  ];
}

/** systemd expands variables in the words of a command line. */
function unexpanded(word: string): string {
  return word.replaceAll("$", "$$$$");
}

/** A name for the unit of a command, by which it is found and ended. */
export function newRunUnit(): string {
  return `${RUN_UNIT_PREFIX}${randomUUID()}`;
}

export const runsPattern: string = `${RUN_UNIT_PREFIX}*`;
