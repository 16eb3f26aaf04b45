import type { Command } from "commander";
import { configJsonSchema } from "../schema/json-schema.ts";
import { addExamples } from "./help.ts";
import type { Terminal } from "./terminal.ts";

/** `forage schema`: what a configuration may be, for editors. */
export function addSchema(program: Command, terminal: Terminal): void {
  const command = program
    .command("schema")
    .description("print the JSON Schema of a configuration")
    .action(() => terminal.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));
  addExamples(command, [
    ["forage schema > forage.schema.json", 'for "$schema": "./forage.schema.json"'],
  ]);
}
