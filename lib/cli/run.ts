import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { withoutKeys } from "../schema/keys.ts";
import { addAgents } from "./agents.ts";
import { addCheck } from "./check.ts";
import { addCompletion } from "./completion.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { addInit } from "./init.ts";
import { addRender } from "./render.ts";
import { EXIT_WRONG, report } from "./report.ts";
import { addSchema } from "./schema.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command line, and says what its exit status is. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let status = 0;
  const program = forage(terminal, (other) => {
    status = other;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG;
    return report(error, terminal, { verbose: program.opts()["verbose"] === true });
  }
}

function forage(terminal: Terminal, setStatus: SetStatus): Command {
  const program = new Command("forage")
    .description("Typed agent definitions in, Nix out.")
    .version(version(), "--version", "print the version")
    .option("--verbose", "on a failure, show where it came from")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(--help lists what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: (text) => terminal.writeError(withoutKeys(text)),
    });
  addInit(program, terminal, setStatus);
  addRender(program, terminal);
  addCheck(program, terminal, setStatus);
  addAgents(program, terminal);
  addSchema(program, terminal);
  addCompletion(program, terminal);
  return addExamples(program, [
    ["forage init", "start with a forage.config.ts"],
    ["forage render", "write the Nix that it gives"],
    ["forage check", "in CI: is that still what is committed?"],
  ]);
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}
