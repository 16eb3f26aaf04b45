import { Argument, type Command } from "commander";
import { bashScript } from "./completion/bash.ts";
import { fishScript } from "./completion/fish.ts";
import { completedCommands } from "./completion/tree.ts";
import { zshScript } from "./completion/zsh.ts";
import { addExamples } from "./help.ts";
import type { Terminal } from "./terminal.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
type Shell = keyof typeof SCRIPTS;

/** `forage completion`: a script that makes a shell complete the program's command lines. */
export function addCompletion(program: Command, terminal: Terminal): void {
  const shells = Object.keys(SCRIPTS);
  const command = program
    .command("completion")
    .description("print a script that completes command lines")
    .addArgument(new Argument("<shell>", "the shell that is to read it").choices(shells))
    .action((shell: Shell) => {
      terminal.write(SCRIPTS[shell](program.name(), completedCommands(program)));
    });
  addExamples(command, [
    ['eval "$(forage completion bash)"', "in ~/.bashrc"],
    ['eval "$(forage completion zsh)"', "in ~/.zshrc, after compinit"],
    ["forage completion fish | source", "in ~/.config/fish/config.fish"],
  ]);
}
