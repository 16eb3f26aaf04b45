import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { defineTemplate, emitWrapper } from "forage-nix";
import { withDir } from "tmp-promise";
import { spread } from "./rounds.js";
import { figure, table } from "./table.js";

const STARTS = 400;
const WARM_UP = 20;
/** An agent that ends at once. */
const AGENT = "/bin/true";
const STARTS_SCRIPT = fileURLToPath(new URL("starts.sh", import.meta.url));

/** A wrapper's start, against the scripts that people write by hand. */
export async function benchStart() {
  return withDir(
    async ({ path: directory }) => {
      const programs = await writeScripts(directory);
      const names = Object.keys(programs);
      const times = await timeStarts(programs);
      const added = Object.fromEntries(
        names.map((name) => [
          name,
          times[name].map((taken, turn) => taken - times["the agent alone"][turn]),
        ]),
      );
      const catForm = spread(added["export K=$(cat f)"]).median;
      const counts = await Promise.all(names.map((name) => countCalls(programs[name])));
      const target = { "forage-nix": "≤ 0.55" };
      return [
        table(
          `A wrapper's start: ${STARTS} of each, in turns; what it adds to the agent's own start`,
          ["", "× the cat form", "target", "ms added", "execve / clone"],
          names.map((name, index) => [
            name,
            name === "the agent alone" ? "" : (spread(added[name]).median / catForm).toFixed(2),
            target[name] ?? "",
            name === "the agent alone" ? "" : figure(added[name].map((taken) => taken / 1000)),
            counts[index],
          ]),
        ),
      ];
    },
    { unsafeCleanup: true },
  );
}

async function writeScripts(directory) {
  await mkdir(join(directory, "secrets"));
  const secret = join(directory, "secrets", "key");
  await writeFile(secret, "not-a-real-key-0123456789\n");
  const template = defineTemplate({
    agents: { agent: { package: "agent", secretName: "key", authEnvVar: "API_KEY" } },
    secretsMountPoint: join(directory, "secrets"),
  });
  const texts = {
    "export K=$(cat f)": `export API_KEY="$(cat ${secret})"\nexec ${AGENT} "$@"\n`,
    "forage-nix": scriptOf(emitWrapper(template, "agent")),
    "exec, and no secret": `exec ${AGENT} "$@"\n`,
  };
  const programs = { "the agent alone": AGENT };
  for (const [index, [name, text]] of Object.entries(texts).entries()) {
    const file = join(directory, `wrapper-${index}`);
    await writeFile(file, `#!/bin/bash\n${text}`);
    await chmod(file, 0o755);
    programs[name] = file;
  }
  return programs;
}

/** The script in `pkgs.writeShellScriptBin "agent" ''…''`, with the agent where its package's path would be. */
function scriptOf({ args: [, text] }) {
  return text.parts.map((part) => (typeof part === "string" ? part : AGENT)).join("");
}

async function timeStarts(programs) {
  const { stdout } = await execa("bash", [
    STARTS_SCRIPT,
    String(STARTS + WARM_UP),
    ...Object.values(programs),
  ]);
  const turns = stdout.split("\n").slice(WARM_UP);
  return Object.fromEntries(
    Object.keys(programs).map((name, column) => [
      name,
      turns.map((turn) => Number(turn.split(" ")[column])),
    ]),
  );
}

/** `2 / 0`: how many programs and processes a start takes, where strace is there to tell. */
async function countCalls(program) {
  const calls = ["trace=execve,clone,clone3,fork,vfork", "-e", "signal=none"];
  try {
    const { stderr } = await execa("strace", ["-f", "-qq", "-e", ...calls, program]);
    const lines = stderr.split("\n").filter((line) => / = \d+$/.test(line));
    const executions = lines.filter((line) => line.includes("execve")).length;
    return `${executions} / ${lines.length - executions}`;
  } catch (error) {
    if (error.code === "ENOENT") return "needs strace";
    throw error;
  }
}
