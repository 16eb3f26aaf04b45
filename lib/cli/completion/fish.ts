import { fishQuoted } from "../quote.ts";
import type { CompletedCommand, CompletedOption, Value } from "./tree.ts";

/** A completion script for fish. */
export function fishScript(name: string, commands: readonly CompletedCommand[]): string {
  return `# fish completion for ${name}. In ~/.config/fish/config.fish: ${name} completion fish | source
function __${name}_follows
    set -l options (string replace -r '=.*' '' -- (string match -- '-*' (commandline -opc)))
    test (count $options) -gt 0; and contains -- $options[-1] $argv
end
complete -c ${name} -f
${commands.flatMap((command) => rules(name, command).map((rule) => `complete -c ${name} ${rule}\n`)).join("")}`;
}

function rules(program: string, command: CompletedCommand): string[] {
  const here = conditionOf(command);
  const always = [
    ...command.subcommands.map(({ name, description }) => `-a ${name} ${explained(description)}`),
    ...command.arguments.map(offer).filter((rule) => rule !== ""),
    ...command.options.map(optionRule),
  ];
  const more = command.options.flatMap(({ flags, value }) =>
    value?.repeats === true
      ? [`-n ${fishQuoted(`${here}; and __${program}_follows ${flags.join(" ")}`)} ${offer(value)}`]
      : [],
  );
  return [...always.map((rule) => `-n ${fishQuoted(here)} ${rule}`), ...more];
}

/** Fish knows no tree of commands: a command is at hand once its words have been typed, and no subcommand's. */
function conditionOf({ path, subcommands }: CompletedCommand): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const names = subcommands.map(({ name }) => name).join(" ");
  const unseen = names === "" ? [] : [`not __fish_seen_subcommand_from ${names}`];
  return [...seen, ...unseen].join("; and ");
}

function optionRule({ flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const wanted = value === undefined ? [] : [value.kind === "file" ? "-r" : "-x", offer(value)];
  return [...names, ...wanted, explained(description)].filter((part) => part !== "").join(" ");
}

function explained(description: string): string {
  return `-d ${fishQuoted(description)}`;
}

/** What completes a value; nothing does where anything may stand. */
function offer(value: Value): string {
  switch (value.kind) {
    case "file":
      return "-F";
    case "directory":
      return "-a '(__fish_complete_directories)'";
    case "choice":
      return `-a ${fishQuoted(value.choices.join(" "))}`;
    case "other":
      return "";
  }
}
