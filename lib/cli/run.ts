import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { withoutKeys } from "../schema/keys.ts";
import { commandsFor } from "./commands.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { EXIT_WRONG, report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command line, and says what its exit status is. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let status = 0;
  const program = forage(terminal);
  const setStatus: SetStatus = (other) => {
    status = other;
  };
  try {
    for (const add of await commandsFor(args)) add(program, terminal, setStatus);
    // Positional options are those of a place, and this one is to be found after a command as well.
    for (const command of commandsBelow(program)) command.addOption(verboseOption().hideHelp());
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG;
    const isVerbose = [program, ...commandsBelow(program)].some(
      (one) => one.opts()["verbose"] === true,
    );
    return report(error, terminal, { verbose: isVerbose });
  }
}

function commandsBelow({ commands }: Command): readonly Command[] {
  return commands.flatMap((command) => [command, ...commandsBelow(command)]);
}

function forage(terminal: Terminal): Command {
  const program = new Command("forage")
    .description("Typed agent definitions in, Nix out.")
    .version(version(), "--version", "print the version")
    .addOption(verboseOption())
    // For `exec`, whose command has options of its own.
    .enablePositionalOptions()
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(--help lists what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: (text) => terminal.writeError(withoutKeys(text)),
    });
  return addExamples(program, [
    ["forage init", "start with a forage.config.ts"],
    ["forage render", "write the Nix that it gives"],
    ["forage check", "in CI: is that still what is committed?"],
    ["forage up alice", "make a sandbox and start it"],
  ]);
}

function verboseOption(): Option {
  return new Option("-v, --verbose", "show what tools write, and on a failure where it came from");
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}
