import { type Command, Option } from "commander";
import { named } from "../files/problem.ts";
import { findStale } from "../files/stale.ts";
import { type WrittenFile, writeFiles } from "../files/write.ts";
import { withoutKeys } from "../schema/keys.ts";
import { addExamples } from "./help.ts";
import { commandLine, upToDate } from "./messages.ts";
import { chooseOutputs, onlyOption } from "./only.ts";
import { noOutputs, openProject, type Project, type ProjectOptions } from "./project.ts";
import type { Terminal } from "./terminal.ts";

interface RenderOptions extends ProjectOptions {
  readonly only?: readonly string[];
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly prune?: boolean;
}

/** `forage render`: writes the files of a configuration. */
export function addRender(program: Command, terminal: Terminal): void {
  const command = program
    .command("render")
    .description("write the outputs of a configuration")
    .option("-c, --config <file>", "the configuration (default: the nearest forage.config.*)")
    .option("-o, --out <dir>", "where the outputs go (default: beside the configuration)")
    .addOption(onlyOption())
    .addOption(
      new Option("--stdout", "print the outputs and write nothing").conflicts(["out", "force"]),
    )
    .addOption(
      new Option(
        "--prune",
        "remove the files that the configuration gave before and gives no longer",
      ).conflicts(["only", "stdout"]),
    )
    .option("--force", "overwrite files that forage-nix did not generate")
    .action((options: RenderOptions) => render(options, terminal));
  addExamples(command, [
    ["forage render", "write what has changed"],
    ["forage render --prune", "and remove what is in the outputs no longer"],
    ["forage render --only nix/sandboxes.nix", "write one output"],
    ["forage render --stdout | less", "look first"],
  ]);
}

async function render(options: RenderOptions, terminal: Terminal): Promise<void> {
  const project = await openProject(options, terminal);
  const { rendering, directory } = project;
  const { only, stdout = false, force = false, prune = false } = options;
  const files = chooseOutputs(rendering, only);
  if (files.size === 0 && !prune) throw noOutputs(rendering);
  if (stdout) {
    terminal.write(printed(files));
    return;
  }
  const written = await writeFiles({ ...rendering, files }, directory, { force, prune });
  if (written.length === 0) throw noOutputs(rendering);
  tell(written, terminal);
  if (only === undefined && !prune) await tellStale(project, options, terminal);
}

/** As `head` prints files: one by itself, several each below its path. */
function printed(files: ReadonlyMap<string, string>): string {
  const [first = "", ...others] = files.values();
  if (others.length === 0) return first;
  return [...files].map(([path, text]) => `==> ${path} <==\n${text}`).join("\n");
}

function tell(written: readonly WrittenFile[], { write, writeError }: Terminal): void {
  const changes = written.filter(({ change }) => change !== "unchanged");
  for (const { change, path } of changes) write(withoutKeys(`${change} ${named(path)}\n`));
  if (changes.length === 0) writeError(upToDate(written.length));
}

async function tellStale(
  { rendering, directory }: Project,
  options: RenderOptions,
  { writeError }: Terminal,
): Promise<void> {
  const stale = await findStale(rendering, directory);
  if (stale.length === 0) return;
  for (const path of stale)
    writeError(
      withoutKeys(`forage: ${named(path)} is given by ${rendering.configFile} no longer\n`),
    );
  const { config, out } = options;
  writeError(`  to remove it: ${commandLine({ config, out, prune: true })}\n`);
}
