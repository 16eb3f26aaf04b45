import { singleQuoted } from "../quote.ts";
import type { CompletedCommand, CompletedOption, Value } from "./tree.ts";

/** A completion script for zsh, to be sourced or to lie in a directory of `$fpath`. */
export function zshScript(name: string, commands: readonly CompletedCommand[]): string {
  return [
    `#compdef ${name}`,
    `# zsh completion for ${name}. In ~/.zshrc, after compinit: eval "$(${name} completion zsh)"`,
    ...commands.map((command) => functionOf(name, command)),
    `if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
    "",
  ].join("\n");
}

function functionOf(program: string, command: CompletedCommand): string {
  const name = functionName(program, command.path);
  if (command.subcommands.length > 0) return withSubcommands(program, name, command);
  const more = command.options.filter(({ value }) => value?.repeats === true);
  const own = specs(command);
  if (more.length === 0) return `${name}() {\n  ${argumentsCall("-s", own)}\n}`;
  return `${moreValues(`${name}_more`, more)}
${name}() {
  ${argumentsCall("-s", [...own, `'*: :${name}_more'`])}
}`;
}

/** After an option with many values, zsh's own `:*pattern:` would complete no other option any more. */
function moreValues(name: string, options: readonly CompletedOption[]): string {
  const cases = options.map(
    ({ flags, value }) => `    (${flags.map(startOf).join("|")}) ${value && call(value)} ;;\n`,
  );
  return `${name}() {
  case \${\${(M)words[1,CURRENT-1]:#-*}[-1]} in
${cases.join("")}  esac
}`;
}

function startOf(flag: string): string {
  return flag.startsWith("--") ? `${flag}|${flag}=*` : flag;
}

function withSubcommands(program: string, name: string, command: CompletedCommand): string {
  const { path, subcommands } = command;
  const listed = subcommands.map(
    ({ name, description }) => `        ${singleQuoted(`${name}:${description}`)}\n`,
  );
  const cases = subcommands.map(
    (sub) => `        (${sub.name}) ${functionName(program, [...path, sub.name])} && ret=0 ;;\n`,
  );
  const own = [...specs(command), "': :->command'", "'*:: :->rest'"];
  return `${name}() {
  local context state state_descr line ret=1
  local -a subcommands
  typeset -A opt_args
  ${argumentsCall("-C -s", own)} && ret=0
  case $state in
    (command)
      subcommands=(
${listed.join("")}      )
      _describe -t commands command subcommands && ret=0
      ;;
    (rest)
      case $words[1] in
${cases.join("")}      esac
      ;;
  esac
  return ret
}`;
}

function functionName(program: string, path: readonly string[]): string {
  return ["", program, ...path].join("_");
}

function argumentsCall(options: string, words: readonly string[]): string {
  return `_arguments ${options} ${words.map((word) => `\\\n    ${word}`).join(" ")}`;
}

function specs(command: CompletedCommand): string[] {
  const values = command.arguments.map((value, index) => {
    const position = value.repeats ? "*" : `${index + 1}`;
    return singleQuoted(`${position}: :${action(value)}`);
  });
  return [...command.options.flatMap(optionSpecs), ...values];
}

/** One for each way to write the option; of those that may stand once, one excludes the other. */
function optionSpecs({ flags, description, value }: CompletedOption): string[] {
  const excluded = value?.repeats === true ? "*" : `(${flags.join(" ")})`;
  const explained = `[${description.replace(/[[\]\\]/g, "\\$&")}]`;
  return flags.map((flag) => {
    // Its value may be the next word, or come after "=".
    const name = value !== undefined && flag.startsWith("--") ? `${flag}=` : flag;
    const wanted = value === undefined ? "" : `: :${action(value)}`;
    return singleQuoted(`${excluded}${name}${explained}${wanted}`);
  });
}

/** What completes a value, in the words of `_arguments`. */
function action(value: Value): string {
  return value.kind === "choice" ? `(${value.choices.join(" ")})` : call(value);
}

/** The same as a command. */
function call(value: Value): string {
  switch (value.kind) {
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "choice":
      return `compadd -- ${value.choices.join(" ")}`;
    case "other":
      return " ";
  }
}
