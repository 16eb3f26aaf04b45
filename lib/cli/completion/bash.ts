import dedent from "dedent";
import type { CompletedCommand, Value } from "./tree.ts";

const script = dedent.withOptions({ alignValues: true });

/** A completion script for bash 4 and newer, which needs nothing but bash. */
export function bashScript(name: string, commands: readonly CompletedCommand[]): string {
  const branches = commands.map(({ path, subcommands }) =>
    subcommands.map((sub) => `'${at(path)} ${sub.name}'`).join(" | "),
  );
  return `${script`
    # bash completion for ${name}. In ~/.bashrc: eval "$(${name} completion bash)"
    _${name}() {
      local current=\${COMP_WORDS[COMP_CWORD]} at='' want='' word i
      local -i given=0
      COMPREPLY=()
      for ((i = 1; i < COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        case $word in
          # Bash makes three words of --option=value.
          =) ;;
          -*)
            want=
            case "$at $word" in
              ${commands.flatMap(optionCases).join("\n")}
            esac
            ;;
          *)
            if [[ $want ]]; then
              [[ $want == *+ ]] || want=
            else
              case "$at $word" in
                ${branches.filter((branch) => branch !== "").join(" | ")}) at+=" $word" ;;
                *) given+=1 ;;
              esac
            fi
            ;;
        esac
      done
      [[ $current != = ]] || current=
      if [[ $current == -* ]]; then
        case $at in
          ${commands.flatMap(flagsCase).join("\n")}
        esac
      elif [[ ! $want ]]; then
        case "$at $given" in
          ${commands.flatMap(argumentCases).join("\n")}
        esac
      fi
      case $want in
        file*) compopt -o default ;;
        directory*) compopt -o dirnames ;;
        'words '*)
          want=\${want#words }
          while read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "\${want%+}" -- "$current")
          ;;
      esac
    }
    complete -F _${name} ${name}
  `}\n`;
}

/** Where in the commands, as the script knows it: each word with a space before it. */
function at(path: readonly string[]): string {
  return path.map((word) => ` ${word}`).join("");
}

function optionCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`${flags.map((flag) => `'${at(path)} ${flag}'`).join(" | ")}) want='${wanted(value)}' ;;`],
  );
}

function flagsCase({ path, options }: CompletedCommand): string[] {
  const flags = options.flatMap((option) => option.flags);
  return flags.length === 0 ? [] : [`'${at(path)}') want='words ${flags.join(" ")}' ;;`];
}

function argumentCases(command: CompletedCommand): string[] {
  const { path, subcommands } = command;
  const names = subcommands.map(({ name }) => name);
  const first: Value[] =
    names.length > 0 ? [{ kind: "choice", choices: names, repeats: false }] : [];
  return [...first, ...command.arguments].map((value, index) => {
    const position = value.repeats ? `'${at(path)} '*` : `'${at(path)} ${index}'`;
    return `${position}) want='${wanted(value)}' ;;`;
  });
}

/** A "+" at the end says that more may follow. */
function wanted(value: Value): string {
  const what = value.kind === "choice" ? `words ${value.choices.join(" ")}` : value.kind;
  return value.repeats ? `${what}+` : what;
}
