import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { addExamples, type SetStatus } from "./help.ts";
import { type Answers, ask } from "./init/ask.ts";
import { FORM_NAMES, FORMS, type Form } from "./init/forms.ts";
import { jsonConfig, SCHEMA_FILE } from "./init/json.ts";
import { AGENT_NAMES, type AgentName, makePlan, type Plan } from "./init/plan.ts";
import { freePath, lookAround, type Surroundings } from "./init/surroundings.ts";
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
      new Option("-a, --agent <names...>", "the agents (default: claudeCode)").choices(AGENT_NAMES),
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
  const surroundings = await lookAround(directory);
  const proposed: Answers = {
    agents: options.agent ?? ["claudeCode"],
    form: options.form ?? (surroundings.flake === "flake-parts" ? "flake-module" : "nixos-module"),
  };
  const { agent, form: chosen } = options;
  const known = { ...(agent && { agents: agent }), ...(chosen && { form: chosen }) };
  const asks = terminal.isInteractive === true && !yes;
  const answers = asks ? await ask(known, proposed, terminal) : proposed;
  if (answers === undefined) {
    writeError("forage: cancelled; nothing was written\n");
    return false;
  }
  const { flake } = surroundings;
  const { form } = answers;
  const output = await freePath(directory, form);
  const plan = makePlan(answers.agents, { form, flake, output });
  const name = json ? "forage.config.json" : "forage.config.ts";
  await writeNew(directory, name, json ? jsonConfig(plan) : typescriptConfig(plan));
  write(`created ${name}\n`);
  writeError(nextSteps(plan, { json, surroundings }));
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

function nextSteps(
  { secrets, form, flake, output }: Plan,
  { json, surroundings }: { readonly json: boolean; readonly surroundings: Surroundings },
): string {
  const [, where] = FORMS[form].use(output, flake);
  const isFlake = flake !== "none" || form === "flake";
  const steps = [
    `put the keys where it says: ${[...secrets.values()].join(", ")}`,
    `forage render, which writes ${output}`,
    ...(isFlake ? [`git add ${output}, since a flake sees nothing else`] : []),
    `${where.charAt(0).toLowerCase()}${where.slice(1)}`,
    ...(json ? [`for an editor: forage schema > ${SCHEMA_FILE}`] : []),
    ...(json || surroundings.hasTypes ? [] : ["for an editor: npm install --save-dev forage-nix"]),
  ];
  return `forage: next\n${steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("")}`;
}
