import type { Command } from "commander";
import { catalogue } from "../catalogue/agents.ts";
import type { CatalogueEntry } from "../catalogue/types.ts";
import { addExamples } from "./help.ts";
import { columns } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADING = ["NAME", "PACKAGE", "PROGRAM", "LICENCE", "VARIABLES"];
/** What the other columns leave of a line of 100. */
const VARIABLES_WIDTH = 45;

/** `forage agents`: the agents that a definition can take from the catalogue. */
export function addAgents(program: Command, terminal: Terminal): void {
  const command = program
    .command("agents")
    .description("list the known agents, and the variables that they read a key from")
    .option("--json", "print everything that is known of them as JSON")
    .addHelpText(
      "after",
      '\nIn TypeScript, agents.claudeCode({ secretName: "anthropic" }) is the definition of claudeCode.',
    )
    .action(({ json }: { readonly json?: boolean }) => {
      terminal.write(
        json === true
          ? `${JSON.stringify(catalogue, null, 2)}\n`
          : columns(HEADING, Object.entries(catalogue).flatMap(rowsOf)),
      );
    });
  addExamples(command, [
    ["forage agents", "a table"],
    ["forage agents --json", "all that is known of each"],
  ]);
}

/** The agent's row, and one more for each line that its variables run to. */
function rowsOf([name, entry]: readonly [string, CatalogueEntry]): string[][] {
  const { package: attribute, program, unfree, authVariables } = entry;
  const [first = "", ...others] = wrap(Object.keys(authVariables), VARIABLES_WIDTH);
  return [
    [name, attribute, program, unfree ? "unfree" : "free", first],
    ...others.map((line) => ["", "", "", "", line]),
  ];
}

function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = [...lines.slice(-1), word].join(" ");
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
