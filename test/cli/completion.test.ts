import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { forage } from "../support/forage.ts";
import { PATIENCE_MS } from "../support/hang.ts";
import { addFiles, temporaryProjects } from "../support/project.ts";
import { needs } from "../support/tools.ts";

const project = temporaryProjects();

async function script(shell: string): Promise<string> {
  const { status, out, err } = await forage(["completion", shell], "/");
  expect([status, err]).toEqual([0, ""]);
  return out;
}

describe("forage completion", () => {
  it.each(["bash", "zsh", "fish"])("prints the same script for %s each time", async (shell) => {
    const text = await script(shell);
    expect(text).toMatch(/completion for forage\. In /);
    expect(text).toMatch(/[^\n]\n$/);
    for (const word of ["render", "--only", "--prune", "claudeCode", "flake-module"])
      expect(text).toContain(shell === "fish" ? word.replace("--", "-l ") : word);
    expect(await script(shell)).toBe(text);
  });

  it.each([
    [[], /missing required argument 'shell'/],
    [["powershell"], /Allowed choices are bash, zsh, fish/],
  ])("refuses %j", async (args, message) => {
    const { status, out, err } = await forage(["completion", ...args], "/");
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});

/** What somebody types, with a tab where the shell is to complete a word, and what the program then is called with. */
const TYPED = [
  ["ren\t--prune", ["render", "--prune"]],
  ["rend\t--config uni\t", ["render", "--config", "unique.ts"]],
  ["render --config=uni\t", ["render", "--config=unique.ts"]],
  ["render -c 'two w\tins\t", ["render", "-c", "two words/inside.ts"]],
  [
    "render --only uni\ttwo\tins\t--std\t",
    ["render", "--only", "unique.ts", "two words/inside.ts", "--stdout"],
  ],
  ["check --only=uni\tuni\t--js\t", ["check", "--only=unique.ts", "unique.ts", "--json"]],
  [
    "init --agent cla\tcod\t--form=wra\t",
    ["init", "--agent", "claudeCode", "codex", "--form=wrappers"],
  ],
  ["init --form flake-\t--ye\t", ["init", "--form", "flake-module", "--yes"]],
  ["completion f\t", ["completion", "fish"]],
  ["help ch\t", ["help", "check"]],
  ["--verb\tagen\t--js\t", ["--verbose", "agents", "--json"]],
  ["agents uni\t", ["agents", "uni"]],
  ["uni\t", ["uni"]],
] as const;

/** Types lines into an interactive shell, in a terminal of its own, where `forage` shows its arguments. */
async function type(shell: string, setup: string, lines: readonly string[], directory: string) {
  const typed = [setup, ...lines.map((line) => `forage ${line}`), "exit"];
  const { stdout } = await execa("script", ["-qec", shell, "/dev/null"], {
    cwd: directory,
    input: typed.map((line) => `${line}\n`).join(""),
    env: { TERM: "dumb", HISTFILE: "", PS1: "$ " },
    timeout: PATIENCE_MS,
  });
  const called = stdout.replaceAll("\r", "").matchAll(/^called with <(.*)>$/gm);
  return Array.from(called, ([, args = ""]) => args.split("> <"));
}

const SHOW = "forage() { printf 'called with'; printf ' <%s>' \"$@\"; echo; }";

describe.each([
  ["bash", "bash --noprofile --norc -i", (file: string) => `source '${file}'`],
  ["zsh", "zsh -f -i", (file: string) => `autoload -U compinit; compinit -D -u; source '${file}'`],
])("in a real %s", (shell, command, load) => {
  needs(shell, "script")("what is typed", () => {
    let directory: string;

    beforeAll(async () => {
      directory = await project({
        "unique.ts": "",
        "two words/inside.ts": "",
        "other/x": "",
        ".forage": await script(shell),
      });
    });

    it("is completed as the program takes it", async () => {
      const setup = `${load(join(directory, ".forage"))}; ${SHOW}`;
      const lines = TYPED.map(([line]) => line);
      const called = await type(command, setup, lines, directory);
      expect(called).toEqual(TYPED.map(([, args]) => args));
    });

    it("may be a directory", async () => {
      const setup = `${load(join(directory, ".forage"))}; ${SHOW}`;
      const [args] = await type(command, setup, ["check -o oth\t"], directory);
      expect(args?.map((word) => word.replace(/\/$/, ""))).toEqual(["check", "-o", "other"]);
    });
  });
});

needs("zsh", "script")("the script for zsh", () => {
  it("may lie in a directory of fpath", async () => {
    const directory = await project({ "functions/_forage": await script("zsh") });
    const setup = `fpath=('${directory}/functions' $fpath); autoload -U compinit; compinit -D -u; ${SHOW}`;
    const lines = ["ren\t--prune", "chec\t--js\t"];
    expect(await type("zsh -f -i", setup, lines, directory)).toEqual([
      ["render", "--prune"],
      ["check", "--json"],
    ]);
  });
});

needs("bash")("the script for bash", () => {
  it("offers what fits the place", async () => {
    const directory = await project({ script: await script("bash") });
    const offered = async (...words: string[]) => {
      const { stdout } = await execa(
        "bash",
        [
          "--norc",
          "-c",
          `source "$1"; shift; compopt() { echo "$2"; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
           _forage; for word in "\${COMPREPLY[@]}"; do echo "$word"; done`,
          "bash",
          join(directory, "script"),
          "forage",
          ...words,
        ],
        { stderr: "inherit" },
      );
      return stdout.split("\n").filter((line) => line !== "");
    };
    expect(await offered("")).toEqual([
      "init",
      "render",
      "check",
      "up",
      "down",
      "ps",
      "exec",
      "shell",
      "logs",
      "reset",
      "rotate",
      "verify",
      "gc",
      "bridge",
      "audit",
      "agents",
      "schema",
      "completion",
      "help",
    ]);
    expect(await offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(await offered("completion", "bash", "")).toEqual([]);
    expect(await offered("agents", "-")).toEqual([
      "--json",
      "-h",
      "--help",
      "--version",
      "-v",
      "--verbose",
    ]);
    expect(await offered("init", "--form", "=", "flake")).toEqual(["flake-module", "flake"]);
    expect(await offered("init", "--form", "=")).toHaveLength(4);
    expect(await offered("render", "--config", "")).toEqual(["default"]);
    expect(await offered("render", "--only", "a.nix", "")).toEqual(["default"]);
    expect(await offered("render", "--config", "a.ts", "")).toEqual([]);
    expect(await offered("render", "--out", "")).toEqual(["dirnames"]);
  });
});

needs("bash", "shellcheck")("the script for bash", () => {
  it("has nothing that shellcheck would complain of", async () => {
    const { stdout } = await execa("shellcheck", ["-s", "bash", "-"], {
      input: await script("bash"),
      reject: false,
    });
    expect(stdout).toBe("");
  });

  it("can be read twice, by a shell that stops at errors", async () => {
    const directory = await project();
    await addFiles(directory, { script: await script("bash") });
    const twice = 'set -euo pipefail; source "$1"; source "$1"; complete -p forage';
    const { stdout, stderr } = await execa("bash", [
      "--norc",
      "-c",
      twice,
      "bash",
      join(directory, "script"),
    ]);
    expect([stdout, stderr]).toEqual(["complete -F _forage forage", ""]);
  });
});

needs("fish")("the script for fish", () => {
  it("offers what fits the place", async () => {
    const directory = await project({
      "unique.ts": "",
      "other/x": "",
      ".forage": await script("fish"),
    });
    const offered = async (line: string) => {
      const code = "source .forage; complete -C $argv[1]";
      const { stdout, stderr } = await execa(
        "fish",
        ["--no-config", "-c", code, `forage ${line}`],
        { cwd: directory },
      );
      expect(stderr).toBe("");
      return stdout.split("\n").filter((word) => word !== "");
    };
    const names = async (line: string) => (await offered(line)).map((word) => word.split("\t")[0]);
    expect(await names("")).toEqual([
      "agents",
      "audit",
      "bridge",
      "check",
      "completion",
      "down",
      "exec",
      "gc",
      "help",
      "init",
      "logs",
      "ps",
      "render",
      "reset",
      "rotate",
      "schema",
      "shell",
      "up",
      "verify",
    ]);
    expect(await offered("ren")).toEqual(["render\twrite the outputs of a configuration"]);
    expect(await names("render --config ")).toEqual(["other/", "unique.ts"]);
    expect(await names("render --config=un")).toEqual(["--config=unique.ts"]);
    expect(await names("render -o ")).toEqual(["other/"]);
    expect(await names("render --only unique.ts ")).toEqual(["other/", "unique.ts"]);
    expect(await names("render --config unique.ts ")).toEqual([]);
    expect(await names("init --agent codex ai")).toEqual(["aider"]);
    expect(await names("init --form ")).toEqual([
      "flake",
      "flake-module",
      "nixos-module",
      "wrappers",
    ]);
    expect(await names("completion ")).toEqual(["bash", "fish", "zsh"]);
    expect(await names("help ch")).toEqual(["check"]);
    expect(await names("agents ")).toEqual([]);
    expect(await names("agents --")).toEqual(["--help", "--json", "--verbose", "--version"]);
    expect(await names("--verbose ag")).toEqual(["agents"]);
  });
});
