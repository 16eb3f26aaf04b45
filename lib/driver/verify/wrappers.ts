import { bash } from "../../emit/bash.ts";
import type { Finding } from "./finding.ts";
import { seeInside } from "./inside.ts";
import type { Subject } from "./verify.ts";

/**
 * Reads a wrapper as bash would, with a function in the place of `exec`: what the wrapper has exported by then is what the
 * agent would have. Then the agent is started, to say its version. Prints words, and no value.
 */
const PROBE: string = bash`
  name=$1 mount_point=$2
  shift 2
  wrapper=$(type -P "$name") || { echo "missing"; exit 0; }
  pairs=("$@")
  exec() {
    local program=$1 index variable file
    for ((index = 0; index < ${"${#pairs[@]}"}; index += 2)); do
      variable=${"${pairs[index]}"} file=$mount_point/${"${pairs[index + 1]}"}
      if ! bash -c 'value=$(<"$2"); [[ -n $value && ${"${!1-}"} == "${"${value%$'\\r'}"}" ]]' bash "$variable" "$file"; then
        echo "without $variable"
      fi
    done
    while read -r path; do
      if [[ $path -ef $program ]]; then echo "raw $path"; fi
    done < <(type -aP "$name" "${"${program##*/}"}")
    "$program" --version </dev/null >/dev/null 2>&1
    echo "started $?"
    builtin exit 0
  }
  set --
  source "$wrapper" 2>/dev/null
  echo "no exec"
`;

/** What only a failure to run a program at all gives. */
const NOT_STARTED = ["126", "127"];

/** That wrappers do what they are for, and that nothing goes around them. */
export async function checkWrappers({ record }: Subject): Promise<Finding[]> {
  const findings = record.agents.map(async ({ name, secrets }): Promise<Finding[]> => {
    const pairs = secrets.flatMap(({ variable, secretName }) => [variable, secretName]);
    const { output } = await seeInside(record, [
      "bash",
      "-c",
      PROBE,
      "bash",
      name,
      record.secretsMountPoint,
      ...pairs,
    ]);
    const lines = output.toString("utf8").trim().split("\n");
    const without = wordsAfter(lines, "without");
    const status = wordsAfter(lines, "started")[0];
    const raw = wordsAfter(lines, "raw");
    const isStarted = status !== undefined && !NOT_STARTED.includes(status);
    const promise =
      secrets.length === 0 ? `${name} starts its agent` : `${name} starts its agent with its key`;
    return [
      {
        id: `wrapper:${name}`,
        promise,
        holds: isStarted && without.length === 0,
        detail: isStarted
          ? without.length > 0
            ? `it starts it without ${without.join(", ")}`
            : `its agent exits with ${status} for --version`
          : lines.includes("missing")
            ? `there is no ${name} on PATH`
            : "it does not start it",
      },
      {
        id: `raw:${name}`,
        promise: `the agent of ${name} is not on PATH without its wrapper`,
        holds: isStarted && raw.length === 0,
        detail: raw.length > 0 ? `it is, as ${raw.join(", ")}` : "the wrapper alone is",
      },
    ];
  });
  return (await Promise.all(findings)).flat();
}

function wordsAfter(lines: readonly string[], word: string): string[] {
  return lines
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length + 1));
}
