import type { Command } from "commander";
import { checkFiles, type Drift } from "../files/check.ts";
import { withoutKeys } from "../schema/keys.ts";
import { paintDiff } from "./colour.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { commandLine, upToDate } from "./messages.ts";
import { chooseOutputs, onlyOption } from "./only.ts";
import { noOutputs, openProject, type ProjectOptions } from "./project.ts";
import type { Terminal } from "./terminal.ts";

interface CheckOptions extends ProjectOptions {
  readonly only?: readonly string[];
  readonly json?: boolean;
}

const EXIT_DRIFT = 1;

/** `forage check`: whether the files on the disk are what the configuration gives. */
export function addCheck(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("check")
    .description(
      "compare the outputs of a configuration with the disk; exits with 1 if they differ",
    )
    .option("-c, --config <file>", "the configuration (default: the nearest forage.config.*)")
    .option("-o, --out <dir>", "where the outputs are (default: beside the configuration)")
    .addOption(onlyOption())
    .option("--json", "print the differences as JSON")
    .action(async (options: CheckOptions) => {
      if (await check(options, terminal)) setStatus(EXIT_DRIFT);
    });
  addExamples(command, [
    ["forage check", "say what differs, as a unified diff"],
    ["forage check --json", "the same for a program"],
  ]);
}

/** Whether there is any difference, which it tells. */
async function check(options: CheckOptions, terminal: Terminal): Promise<boolean> {
  const { only, json = false } = options;
  const { rendering, directory } = await openProject(options, terminal);
  const files = chooseOutputs(rendering, only);
  // All of them: to a part of the outputs the others would be stale.
  const all = await checkFiles(rendering, directory);
  const drifts = (only === undefined ? all : all.filter(({ path }) => files.has(path))).map(safe);
  if (files.size === 0 && drifts.length === 0) throw noOutputs(rendering);
  const line = mendingLine(drifts, options);
  if (json) terminal.write(`${JSON.stringify(drifts.map(withHint(line)), null, 2)}\n`);
  else if (drifts.length > 0)
    terminal.write(drifts.map((drift) => told(drift, terminal)).join("\n"));
  terminal.writeError(drifts.length === 0 ? upToDate(files.size) : toMend(drifts, line));
  return drifts.length > 0;
}

/** What stands on the disk may hold a key. */
function safe({ path, kind, message, hint, diff }: Drift): Drift {
  return {
    path: withoutKeys(path),
    kind,
    message: withoutKeys(message),
    hint: withoutKeys(hint),
    ...(diff === undefined ? {} : { diff: withoutKeys(diff) }),
  };
}

function told({ kind, message, hint, diff = "" }: Drift, { isColoured = false }: Terminal): string {
  // How to mend the rest is said once, at the end.
  const said = kind === "unreadable" ? `${message}; ${hint}` : message;
  return `${said}\n${isColoured ? paintDiff(diff) : diff}`;
}

/** The command that mends all of it. */
function mendingLine(drifts: readonly Drift[], { config, out, only }: CheckOptions): string {
  const has = (kind: Drift["kind"]) => drifts.some((drift) => drift.kind === kind);
  return commandLine({ config, out, only, prune: has("stale"), force: has("foreign") });
}

/** The hint with the options that the caller gave. */
function withHint(line: string): (drift: Drift) => Drift {
  return (drift) => (drift.kind === "unreadable" ? drift : { ...drift, hint: `run \`${line}\`` });
}

function toMend(drifts: readonly Drift[], line: string): string {
  const count = drifts.length === 1 ? "1 file differs" : `${drifts.length} files differ`;
  const isBeyondRender = drifts.every(({ kind }) => kind === "unreadable");
  return `forage: ${count}; ${isBeyondRender ? "see to it by hand" : `to mend that: ${line}`}\n`;
}
