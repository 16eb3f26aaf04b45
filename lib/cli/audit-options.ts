import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AuditFilter } from "../bridge/audit/filter.ts";
import type { Decision } from "../bridge/call.ts";
import { BRIDGE_LOGS } from "../schema/paths.ts";
import type { Terminal } from "./terminal.ts";

const DECISIONS = [
  "allowed",
  "modified",
  "refused",
  "failed",
] as const satisfies readonly Decision[];
const DATE = /^\d{4}-\d\d-\d\d(?<time>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/;
const AGE = /^(\d+)([smhdw])$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** How many calls are printed unless something else is said. */
export const USUAL_LINES = 200;

export interface AuditPlace {
  readonly directory?: string;
}

/** Options that say which calls are wanted. */
export type FilterOptions = AuditPlace & AuditFilter;

/** Has the help of a subcommand name the program's options, and not those of the command above it. */
export function withoutOptionsOf(above: Command, command: Command): Command {
  const others = above.createHelp().visibleGlobalOptions(above);
  return command.configureHelp({ ...command.configureHelp(), visibleGlobalOptions: () => others });
}

export function withDirectory(command: Command): Command {
  return command.option(
    "--directory <dir>",
    `where the bridge writes its log (default: ${BRIDGE_LOGS})`,
  );
}

export function withFilter(command: Command): Command {
  return withDirectory(command)
    .option("--sandbox <name>", "calls of this one alone")
    .option("--credential <name>", "calls with this one")
    .option("--provider <host>", "calls to this one")
    .option("--model <pattern>", "calls to models of this name, in which * is any characters")
    .addOption(new Option("--decision <decision>", "calls of this kind").choices(DECISIONS))
    .addOption(
      new Option(
        "--since <time>",
        "calls that began then or later: 2h, 1d, 2026-07-30 …",
      ).argParser(moment),
    )
    .addOption(new Option("--until <time>", "calls that began before that").argParser(moment));
}

export function directoryOf(
  { directory = BRIDGE_LOGS }: AuditPlace,
  terminal: Pick<Terminal, "directory">,
): string {
  return resolve(terminal.directory, directory);
}

/** An age, or a date and a time, which are those of UTC unless they say something else. */
function moment(text: string): Date {
  const [, count = "", unit = ""] = AGE.exec(text) ?? [];
  const [date, { time, zone } = {}] = [DATE.exec(text), DATE.exec(text)?.groups];
  const found = new Date(
    date === null
      ? Date.now() - Number(count) * (SECONDS[unit] ?? Number.NaN) * 1000
      : `${text}${time !== undefined && zone === undefined ? "Z" : ""}`,
  );
  if (!Number.isNaN(found.getTime())) return found;
  throw new InvalidArgumentError(
    "It is an age such as 90m, 2h or 1d, or a date such as 2026-07-30 or 2026-07-30T10:00Z.",
  );
}
