import type { Command } from "commander";
import { renderWrapper, renderWrappers } from "../emit/render.ts";
import { chooseTemplate, openConfig } from "./project.ts";
import type { Terminal } from "./terminal.ts";

interface RenderOptions {
  readonly config?: string;
  readonly template?: string;
}

/** `forage render`: a template's wrappers as Nix. */
export function addRender(program: Command, terminal: Terminal): void {
  program
    .command("render")
    .description("print the wrappers of a template as Nix")
    .argument("[agents...]", "only these: one is a file by itself, several are a set")
    .option("-c, --config <file>", "the configuration (default: the nearest forage.config.*)")
    .option("-t, --template <name>", 'the template (default: the only one, or "default")')
    .addHelpText("after", "\nExample:\n  forage render claude > claude.nix")
    .action(async (agents: readonly string[], options: RenderOptions) => {
      const config = await openConfig(options.config, terminal);
      const template = chooseTemplate(config, options.template);
      const [only, ...others] = agents;
      terminal.write(
        only !== undefined && others.length === 0
          ? renderWrapper(template, only)
          : renderWrappers(template, only === undefined ? undefined : agents),
      );
    });
}
