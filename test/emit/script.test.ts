import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type AgentInput, defineAgent, defineTemplate } from "../../lib/index.ts";
import { nastyText } from "../support/random-text.ts";
import { SEED } from "../support/seed.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { needs } from "../support/tools.ts";
import { runScript, scriptOf } from "./script.ts";

// What needs no Nix: the script's text, as bash and shellcheck see it. The other tests here run built wrappers.

const KEY = "not-a-real-key-0123456789";
const temporary = temporaryDirectory();
let secretsMountPoint: string;

beforeAll(async () => {
  secretsMountPoint = temporary();
  await writeFile(join(secretsMountPoint, "key"), `${KEY}\n`);
});

type Options = Partial<
  Pick<AgentInput, "onMissingSecret" | "multiline" | "args" | "env" | "secrets">
>;

/** Every variable that bash's manual names, and those that it treats in a way of its own. */
const BASH_VARIABLES = `
  BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT
  BASH_ENV BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_MONOSECONDS BASH_REMATCH
  BASH_SOURCE BASH_SUBSHELL BASH_TRAPSIG BASH_VERSINFO BASH_VERSION BASH_XTRACEFD CDPATH CHILD_MAX
  COLUMNS COMP_CWORD COMP_KEY COMP_LINE COMPREPLY COMP_POINT COMP_TYPE COMP_WORDBREAKS COMP_WORDS
  COPROC DIRSTACK EMACS ENV EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE FUNCNAME
  FUNCNEST GLOBIGNORE GLOBSORT GROUPS HISTCMD HISTCONTROL HISTFILE HISTFILESIZE HISTIGNORE HISTSIZE
  HISTTIMEFORMAT HOME HOSTFILE HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC INSIDE_EMACS LANG LC_ALL
  LC_COLLATE LC_CTYPE LC_MESSAGES LC_NUMERIC LC_TIME LINENO LINES MACHTYPE MAIL MAILCHECK MAILPATH
  MAPFILE OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH PIPESTATUS POSIXLY_CORRECT PPID PROMPT_COMMAND
  PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PWD RANDOM READLINE_ARGUMENT READLINE_LINE READLINE_MARK
  READLINE_POINT REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TIMEFORMAT TMOUT TMPDIR TZ UID _
  auto_resume histchars TEXTDOMAIN TEXTDOMAINDIR LOCALDOMAIN TERMCAP TERMINFO ignoreeof
`
  .trim()
  .split(/\s+/);

function isAllowed(variable: string): boolean {
  try {
    defineAgent({ package: "x", secrets: { [variable]: "key" } });
    return true;
  } catch {
    return false;
  }
}

/** The script of an agent with the secret "key" in KEY. */
function script(program: string, options: Options = {}): string {
  const claude = { package: "x", secretName: "key", authEnvVar: "KEY", ...options };
  return scriptOf(defineTemplate({ agents: { claude }, secretsMountPoint }), "claude", program);
}

describe("a wrapper's script", () => {
  it.each(["warn", "ignore", "fail"] as const)(
    "adds to the caller's environment what is defined, and nothing else (%s)",
    async (onMissingSecret) => {
      const env = { value: "v", problem: "p", LC_ALL: "C.UTF-8", IFS: "x", A: "caller's" };
      const defined = { A: "a 'b'\n$c", B: "" };
      const direct = await runScript("exec env -0", [], { env });
      const text = script("env", { onMissingSecret, env: defined });
      const wrapped = await runScript(text, ["-0"], { env });
      expect(wrapped.env).toEqual({ ...direct.env, ...defined, KEY });
      expect(wrapped.stderr).toBe("");
    },
  );

  it("hands every variable on that a definition may have, also those that bash knows", async () => {
    const names = [...BASH_VARIABLES, "value", "problem", "export_secret"].filter(isAllowed);
    expect(names.length).toBeGreaterThan(60);
    const secrets = Object.fromEntries(names.map((name) => [name, "key"]));
    const { env, stderr } = await runScript(script("/usr/bin/env", { secrets }), ["-0"]);
    expect(env).toMatchObject(Object.fromEntries(names.map((name) => [name, KEY])));
    expect(stderr).toBe("");
  });

  it("is two lines for an agent without a secret", () => {
    const local = { package: "x", args: ["serve", "it's"], env: { A: "b" } };
    expect(scriptOf(defineTemplate({ agents: { local } }), "local", "/bin/ollama")).toBe(
      `export A=b\nexec /bin/ollama serve 'it'\\''s' "$@"\n`,
    );
  });
});

needs("shellcheck")("shellcheck", () => {
  const words = fc.sample(nastyText, { numRuns: 500, seed: SEED });
  it.each<[string, Options]>([
    ["a token", {}],
    ["several lines", { multiline: true }],
    ["silence", { onMissingSecret: "ignore" }],
    ["failure", { onMissingSecret: "fail", secrets: { B: "key", C: "it's" } }],
    [
      "odd words",
      { args: words, env: Object.fromEntries(words.map((word, i) => [`V${i}`, word])) },
    ],
  ])("has nothing to say about the script for %s", async (_, options) => {
    const input = `#!/usr/bin/env bash\n${script("/bin/agent", options)}`;
    const { stdout } = await execa("shellcheck", ["-"], { input, reject: false });
    expect(stdout).toBe("");
  });
});
