import type { Command } from "commander";
import { execOnHost } from "../../driver/exec-on-host.ts";
import { addExamples, type SetStatus } from "../help.ts";
import { report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { isVerbose } from "./options.ts";

/** For what forage itself cannot do: every other status may be the command's. */
const EXIT_OWN = 125;
const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
];
/** The login shell of the agents' user. */
const SHELL = ["/bin/sh", "-c", 'exec "$SHELL" -l'];

/** `forage exec` and `forage shell`: commands in a sandbox. */
export function addExec(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const { isInteractive = false } = terminal;
  const exec = program
    .command("exec")
    .description("run a command in a sandbox, as its agents' user")
    .argument("<name>", "the sandbox")
    .argument("<command...>", "the command and its arguments")
    .option("-T, --no-terminal", "give it no terminal, also where this one is")
    .passThroughOptions()
    .action(
      async (
        name: string,
        argv: readonly string[],
        { terminal: wanted }: { readonly terminal: boolean },
      ) => {
        await go(exec, name, argv, wanted && isInteractive);
      },
    );
  addExamples(exec, [
    [
      "forage exec alice claude --print 'fix the tests'",
      "its exit status is the command's; 125 is forage's own",
    ],
    ["git diff | forage exec alice -- claude --print review", "with standard input"],
  ]);

  const shell = program
    .command("shell")
    .description("open a shell in a sandbox, as its agents' user")
    .argument("<name>", "the sandbox")
    .action(async (name: string) => go(shell, name, SHELL, isInteractive));
  addExamples(shell, [["forage shell alice", "a login shell, in the workspace"]]);

  async function go(
    command: Command,
    name: string,
    argv: readonly string[],
    withTerminal: boolean,
  ): Promise<void> {
    try {
      const words = argv[0] === "--" ? argv.slice(1) : argv;
      const options = { terminal: withTerminal, forwarded: FORWARDED };
      // Not by way of the whole driver, which takes longer to load than most commands to run.
      const exec = terminal.driver?.({}).exec ?? execOnHost;
      const { status } = await exec(name, words, options);
      setStatus(status);
    } catch (error) {
      report(error, terminal, { verbose: isVerbose(command) });
      setStatus(EXIT_OWN);
    }
  }
}
