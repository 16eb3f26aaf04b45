import { dirname, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { UpRequest } from "../../driver/blueprint.ts";
import { recordingDriver } from "../../driver/recording.ts";
import { addExamples, type SetStatus } from "../help.ts";
import { openConfig } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import { atWork } from "./at-work.ts";
import { toldSteps } from "./dry-run.ts";
import { isVerbose, jsonEvents, secretFiles } from "./options.ts";

/** What a timer of Node takes, 2^31 - 1 milliseconds. */
const MOST_MINUTES = 35_791;

interface UpOptions {
  readonly template?: string;
  readonly workspace?: string;
  readonly config?: string;
  readonly nixpkgs?: string;
  readonly secret?: Readonly<Record<string, string>>;
  readonly buildLimit: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

function minutes(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= MOST_MINUTES) return number;
  throw new InvalidArgumentError(`It is a number of minutes, at most ${MOST_MINUTES}.`);
}

/** `forage up`: makes a sandbox and starts it. */
export function addUp(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("up")
    .description("make a sandbox and start it")
    .argument("<name>", "1 to 11 of a-z, 0-9 and -")
    .option(
      "-t, --template <name>",
      "what to make it from (default: the only one, or the one called default)",
    )
    .option("-w, --workspace <dir>", "a directory that is writable in it")
    .option("-c, --config <file>", "the configuration (default: the nearest forage.config.*)")
    .option(
      "--nixpkgs <dir>",
      "the nixpkgs to build with (default: the configuration's, or <nixpkgs>)",
    )
    .option(
      "--secret <name=file>",
      "where a secret is on this host, if not where the configuration says",
      secretFiles,
    )
    .addOption(
      new Option("--build-limit <minutes>", "how long the build may take")
        .argParser(minutes)
        .default(60),
    )
    .option(
      "--dry-run",
      "print what would be done, and do nothing; with --verbose each file as a whole",
    )
    .addOption(jsonEvents())
    .action(async (name: string, options: UpOptions) => {
      const { config, file } = await openConfig(options, terminal);
      const { directory } = terminal;
      const request: UpRequest = {
        name,
        template: options.template,
        workspace:
          options.workspace === undefined ? undefined : resolve(directory, options.workspace),
        nixpkgs: options.nixpkgs === undefined ? undefined : resolve(directory, options.nixpkgs),
        secrets: options.secret,
        directory: dirname(file),
      };
      const { json = false, dryRun = false } = options;
      if (dryRun) {
        const driver = recordingDriver();
        await driver.up(config, request);
        terminal.write(
          json
            ? `${JSON.stringify(driver.steps, null, 2)}\n`
            : `${toldSteps(driver.steps, { whole: isVerbose(command) })}\n`,
        );
        return;
      }
      await atWork(terminal, setStatus, {
        command,
        json,
        timeLimits: { build: options.buildLimit * 60_000 },
        work: (driver, signal) => driver.up(config, request, { signal }),
        tell: () => `${name} is up: forage shell ${name}`,
      });
    });
  addExamples(command, [
    ["forage up alice --workspace /srv/alice", "from the template called default"],
    ["forage up alice --dry-run", "look first"],
  ]);
}
