import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { withoutKeys } from "../schema/keys.ts";
import { addRender } from "./render.ts";
import { EXIT_WRONG, report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command line, and says what its exit status is. Never throws. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = forage(terminal);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG;
    return report(error, terminal, { verbose: program.opts()["verbose"] === true });
  }
}

function forage(terminal: Terminal): Command {
  const program = new Command("forage")
    .description("Typed agent definitions in, Nix out.")
    .version(version(), "--version", "print the version")
    .option("--verbose", "on a failure, show where it came from")
    .helpOption("-h, --help", "print this help")
    .showHelpAfterError("(forage --help lists what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: (text) => terminal.writeError(withoutKeys(text)),
    })
    .addHelpText("after", "\nExample:\n  forage render > wrappers.nix");
  addRender(program, terminal);
  return program;
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}
