import { indented } from "../nix/index.ts";
import type { Nix } from "../nix/tree.ts";
import { bridgeVariables, endpointText } from "../schema/endpoints.ts";
import type { Agent } from "../schema/types.ts";
import { quoteWord } from "../shell/quote.ts";
import { bash } from "./bash.ts";
import { keysOf } from "./keys.ts";

/** A variable's name, "=", value and final NUL together take at most MAX_ARG_STRLEN bytes on Linux. */
const IS_TOO_LONG = `((\${#1} + \${#value} > ${131072 - 2}))`;
const WITHOUT_CR = "${value%$'\\r'}";
// A caller may export SHELLOPTS with nounset.
const FOURTH = "${4-}";
const WRAPPER_NAME = "${0##*/}";

/**
 * The bash function that a wrapper exports its secrets with.
 *
 * - `local -` puts xtrace back afterwards, and `declare -g` reaches past a local of the same name.
 * - `export K="$(cat f)"` would hide a failure, and start two processes; `$(<f)` starts none.
 * - `read -d ""` succeeds only when it meets a NUL, which `$(<f)` would drop with a warning.
 * - A CR or LF inside a token would split an HTTP header; `$(<f)` leaves the CR of a CRLF file's end.
 * - Bytes are counted, hence LC_ALL=C; and before the patterns, which are slow on a megabyte.
 */
export const EXPORT_SECRET: string = bash`
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
    elif [[ ${FOURTH} != multiline && $value == *[$'\r\n']* ]]; then
      problem="has a line break inside"
    fi
    if [[ -z $problem ]]; then
      declare -gx "$1=$value"
    elif [[ $3 == fail ]]; then
      echo "${WRAPPER_NAME}: $2 $problem: not started" >&2
      exit 78
    elif [[ $3 == warn ]]; then
      echo "${WRAPPER_NAME}: $2 $problem: starting without it" >&2
    fi
  }
`.concat("\n");

/**
 * A wrapper's bash script: it exports the agent's secrets and variables, and becomes the agent.
 *
 * @param exportSecret where the script gets `EXPORT_SECRET` from: the text, or an expression for it
 */
export function wrapperScript(
  agent: Agent,
  program: Nix,
  secretsMountPoint: string,
  exportSecret: string | Nix,
): Nix {
  const { onMissingSecret, multiline } = agent;
  const secrets = agent.secrets.map(({ variable, secretName }) => {
    const file = quoteWord(`${secretsMountPoint}/${secretName}`);
    return `export_secret ${variable} ${file} ${onMissingSecret}${multiline ? " multiline" : ""}`;
  });
  const variables = Object.entries(agent.env).map(exported);
  const definition = secrets.length > 0 ? [exportSecret, "\n"] : [];
  return indented(...definition, ...becoming([...secrets, ...variables], program, agent.args));
}

/** The same for an agent that asks the bridge, which has its keys. */
export function bridgeScript(agent: Agent, program: Nix, port: number): Nix {
  const keys = keysOf(agent);
  const { values } = bridgeVariables(keys, agent.env, port);
  const told = keys.flatMap(({ endpoint, credential }) =>
    (endpoint.args ?? []).map((text) => endpointText(text, port, credential)),
  );
  const remark =
    keys.length > 0 ? ["# Placeholders and addresses: the bridge on the host has the keys."] : [];
  const lines = [...remark, ...[...values].map(exported)];
  return indented(...becoming(lines, program, [...told, ...agent.args]));
}

function exported([variable, value]: readonly [string, string]): string {
  return `export ${variable}=${quoteWord(value)}`;
}

/** Lines, and then the agent in the script's place. */
function becoming(lines: readonly string[], program: Nix, args: readonly string[]) {
  const words = [...args.map(quoteWord), '"$@"'].join(" ");
  return [[...lines, "exec "].join("\n"), program, ` ${words}\n`];
}
