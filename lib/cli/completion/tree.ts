import type { Argument, Command, Option } from "commander";

/** What may stand in a place of a command line. */
export type Value =
  | { readonly kind: "file" | "directory" | "other"; readonly repeats: boolean }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly repeats: boolean };

export interface CompletedOption {
  /** Such as `-c` and `--config`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it; none for a switch. */
  readonly value?: Value;
}

export interface CompletedCommand {
  /** Its words after the program's name; none for the program itself. */
  readonly path: readonly string[];
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly Value[];
  readonly subcommands: readonly Subcommand[];
}

interface Subcommand {
  readonly name: string;
  readonly description: string;
}

/** A program and all commands below it, each before its own subcommands. */
export function completedCommands(program: Command): CompletedCommand[] {
  const known = program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
  return commandsBelow(program, [], known);
}

function commandsBelow(
  command: Command,
  path: readonly string[],
  known: readonly string[],
): CompletedCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  return [
    {
      path,
      options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(
        completedOption,
      ),
      arguments: command.registeredArguments.map((argument) => argumentValue(argument, known)),
      subcommands: subcommands.map((sub) => ({
        name: sub.name(),
        description: sub.description(),
      })),
    },
    ...subcommands.flatMap((sub) => commandsBelow(sub, [...path, sub.name()], known)),
  ];
}

function completedOption(option: Option): CompletedOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const { description } = option;
  if (!option.required && !option.optional) return { flags, description };
  const name = /[<[]([^.>\]]+)/.exec(option.flags)?.[1] ?? "";
  return { flags, description, value: namedValue(name, option.argChoices, option.variadic) };
}

function argumentValue(argument: Argument, known: readonly string[]): Value {
  // Of the command `help`, which commander adds.
  const choices = argument.name() === "command" ? known : argument.argChoices;
  return namedValue(argument.name(), choices, argument.variadic);
}

/** By the name in the help, such as `<file>` or `<files...>`. */
function namedValue(name: string, choices: readonly string[] | undefined, repeats: boolean): Value {
  if (choices !== undefined) return { kind: "choice", choices, repeats };
  if (name === "file" || name === "files") return { kind: "file", repeats };
  return { kind: name === "dir" ? "directory" : "other", repeats };
}
