import dedent from "dedent";
import type { Agent } from "../schema/types.ts";
import { quoteWord } from "../shell/quote.ts";

/** A backslash in these texts is the shell's, so dedent is told to leave it. */
const bash = dedent.withOptions({ escapeSpecialCharacters: false, alignValues: true });

/** A variable's name, "=", value and final NUL together take at most MAX_ARG_STRLEN bytes on Linux. */
const IS_TOO_LONG = `((\${#1} + \${#value} > ${131072 - 2}))`;
const WITHOUT_CR = "${value%$'\\r'}";

/** The parts of a wrapper's script around the path of the agent's program. */
export interface WrapperScript {
  readonly before: string;
  readonly after: string;
}

/**
 * A wrapper's bash script: it exports the agent's secrets and variables, and becomes the agent.
 *
 * @param name the wrapper's, which needs no quoting: it names a store path
 */
export function wrapperScript(
  name: string,
  agent: Agent,
  secretsMountPoint: string,
): WrapperScript {
  const secrets = agent.secrets.map(({ variable, secretName }) => {
    const file = quoteWord(`${secretsMountPoint}/${secretName}`);
    return `export_secret ${variable} ${file}`;
  });
  const variables = Object.entries(agent.env).map(
    ([variable, value]) => `export ${variable}=${quoteWord(value)}`,
  );
  const definition = secrets.length > 0 ? [exportSecret(name, agent), ""] : [];
  const args = [...agent.args.map(quoteWord), '"$@"'].join(" ");
  return {
    before: [...definition, ...secrets, ...variables, "exec "].join("\n"),
    after: ` ${args}\n`,
  };
}

// Why the function is written as it is:
// - `local -` puts xtrace back afterwards, and `declare -g` reaches past a local of the same name.
// - `export K="$(cat f)"` would hide a failure, and start two processes; `$(<f)` starts none.
// - `read -d ""` succeeds only when it meets a NUL, which `$(<f)` would drop with a warning.
// - A CR or LF inside a token would split an HTTP header; `$(<f)` leaves the CR of a CRLF file's end.
// - Bytes are counted, hence LC_ALL=C; and before the patterns, which are slow on a megabyte.
function exportSecret(name: string, { onMissingSecret, multiline }: Agent): string {
  const lineBreak = multiline
    ? ""
    : bash`
        elif [[ $value == *[$'\r\n']* ]]; then
          problem="has a line break inside"
      `;
  return bash`
    # Exports the secret in file $2 as $1 for the agent alone: obfuscation, not security.
    export_secret() {
      local - LC_ALL=C value="" problem=""
      # xtrace would write the secret to stderr.
      { set +x; } 2>/dev/null
      if [[ ! -e $2 ]]; then
        problem="is missing (outside a sandbox?)"
      elif [[ ! -f $2 ]]; then
        problem="is not a file"
      elif [[ ! -r $2 ]]; then
        problem="cannot be read"
      elif IFS= read -r -d "" value <"$2"; then
        problem="holds a NUL byte"
      elif value=$(<"$2") && ${IS_TOO_LONG}; then
        problem="is too long for a variable"
      elif value=${WITHOUT_CR} && [[ $value != *[![:space:]]* ]]; then
        problem="is empty"
      ${[lineBreak, "fi", "", withoutSecret(name, onMissingSecret)].filter(Boolean).join("\n")}
    }
  `;
}

function withoutSecret(name: string, onMissingSecret: Agent["onMissingSecret"]): string {
  switch (onMissingSecret) {
    case "ignore":
      return '[[ -n $problem ]] || declare -gx "$1=$value"';
    case "warn":
      return bash`
        if [[ -n $problem ]]; then
          echo "${name}: $2 $problem: starting without it" >&2
        else
          declare -gx "$1=$value"
        fi
      `;
    case "fail":
      return bash`
        if [[ -n $problem ]]; then
          echo "${name}: $2 $problem: not started" >&2
          exit 78
        fi
        declare -gx "$1=$value"
      `;
  }
}
