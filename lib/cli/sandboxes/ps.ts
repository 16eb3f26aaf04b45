import type { Command } from "commander";
import type { SandboxStatus } from "../../driver/list.ts";
import { addExamples } from "../help.ts";
import { columns } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor } from "./options.ts";

const HEADING = ["NAME", "TEMPLATE", "STATE", "SINCE", "AGENTS", "WORKSPACE"];

/** `forage ps`: the sandboxes of this host. */
export function addPs(program: Command, terminal: Terminal): void {
  const command = program
    .command("ps")
    .description("list the sandboxes that forage up has made")
    .option("--json", "print them as JSON")
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const all = await (await driverFor(terminal)).list();
      if (json) terminal.write(`${JSON.stringify(all, null, 2)}\n`);
      else if (all.length > 0) terminal.write(columns(HEADING, all.map(row)));
      else terminal.writeError("forage: there are no sandboxes\n");
    });
  addExamples(command, [["forage ps --json", "for a program"]]);
}

function row({ name, template, state, since, agents, workspace }: SandboxStatus): string[] {
  return [name, template, state, since.replace(/\.\d+Z$/, "Z"), agents.join(" "), workspace ?? "-"];
}
