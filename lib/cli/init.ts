import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { type Answers, ask } from "./init/ask.ts";
import { FORM_NAMES, type Form } from "./init/forms.ts";
import { jsonConfig } from "./init/json.ts";
import { AGENT_NAMES, type AgentName, agentNamed, makePlan } from "./init/plan.ts";
import { nextSteps } from "./init/steps.ts";
import { freePath, lookAround } from "./init/surroundings.ts";
import { typescriptConfig } from "./init/typescript.ts";
import type { Terminal } from "./terminal.ts";

interface InitOptions {
  readonly agent?: readonly AgentName[];
  readonly form?: Form;
  readonly json?: boolean;
  readonly yes?: boolean;
}

const EXIT_CANCELLED = 130;

/** `forage init`: writes a configuration to start from. */
export function addInit(program: Command, terminal: Terminal, setStatus: SetStatus): void {
  const command = program
    .command("init")
    .description("write a configuration to start from; asks only on a terminal")
    .addOption(
      new Option("-a, --agent <names...>", "the agents (default: claudeCode)")
        // For the help and for completion; the parser takes the programs' names too.
        .choices(AGENT_NAMES)
        .argParser((name, before?: readonly AgentName[]) => [...(before ?? []), agentNamed(name)]),
    )
    .addOption(
      new Option("-f, --form <form>", "what is rendered (default: what fits flake.nix)").choices(
        FORM_NAMES,
      ),
    )
    .option("--json", "write forage.config.json instead of forage.config.ts")
    .option("-y, --yes", "ask nothing")
    .action(async (options: InitOptions) => {
      if (!(await init(options, terminal))) setStatus(EXIT_CANCELLED);
    });
  addExamples(command, [
    ["forage init", "ask, and write forage.config.ts"],
    ["forage init --yes", "write it without a question"],
    ["forage init --agent claudeCode codex --form flake", "answer beforehand"],
  ]);
}

/** Whether there is a configuration now. */
async function init(options: InitOptions, terminal: Terminal): Promise<boolean> {
  const { directory, write, writeError } = terminal;
  const { json = false, yes = false } = options;
  const { flake, hasTypes, configAbove } = await lookAround(directory);
  const proposed: Answers = {
    agents: options.agent ?? ["claudeCode"],
    form: options.form ?? (flake.kind === "flake-parts" ? "flake-module" : "nixos-module"),
  };
  const { agent, form: chosen } = options;
  const known = { ...(agent && { agents: agent }), ...(chosen && { form: chosen }) };
  const asks = terminal.isInteractive === true && !yes;
  const answers = asks ? await ask(known, proposed, terminal) : proposed;
  if (answers === undefined) {
    writeError("forage: cancelled; nothing was written\n");
    return false;
  }
  const { form } = answers;
  const output = await freePath(directory, form);
  const plan = makePlan(answers.agents, { form, flake, output });
  const name = json ? "forage.config.json" : "forage.config.ts";
  await writeNew(directory, name, json ? jsonConfig(plan) : typescriptConfig(plan));
  write(`created ${name}\n`);
  if (configAbove !== undefined)
    writeError(`forage: ${configAbove} is there too; commands here will use the new one\n`);
  writeError(nextSteps(plan, { json, hasTypes }));
  return true;
}

async function writeNew(directory: string, name: string, text: string): Promise<void> {
  const file = join(directory, name);
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    // A part of it would be no configuration. One that was there is not ours.
    if (errorCode(error) !== "EEXIST") await rm(file, { force: true }).catch(() => undefined);
    const message = `${name} cannot be written: ${reason(error)}`;
    throw new ForageError("file", [{ path: [], message, hint: wayOut(error) }], { cause: error });
  }
}
