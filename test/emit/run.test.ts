import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineTemplate, pkgs } from "../../lib/index.ts";
import { useNix } from "../support/nix.ts";
import { nastyText } from "../support/random-text.ts";
import { runWrapper, type StartedAgent } from "../support/run-wrapper.ts";
import { chunks, count, SEED } from "../support/seed.ts";
import { needs } from "../support/tools.ts";
import { type BuiltWrappers, buildWrappers, mountPoint } from "../support/wrapper.ts";

const LISTS = 1200;
const AGENTS = 40;
const AT_ONCE = 4;
/** Each by itself, so that none has more to do than a test may take on a busy machine. */
const LISTS_OF_A_TEST = 100;
const KEY = "key-of-the-run-tests";

/** Words that shells, option parsers and careless scripts take for something else. */
const ODD_WORDS = [
  "",
  " ",
  "-",
  "--",
  "-n",
  "-e",
  "--help",
  "--=",
  "*",
  "?",
  "/*",
  "[a-z]*",
  "~",
  "~root",
  "{a,b}",
  "$HOME",
  "$@",
  "$(id)",
  "`id`",
  "${IFS}",
  "%s%n",
  "!!",
  ";",
  "&",
  "|",
  ">out",
  "a=b",
  "it's",
  '"quoted"',
  "\\",
  "\\\\n",
  "one\ntwo",
  "\n",
  "tail\n",
  "\r\n",
  "\t",
  "\u0007",
  "\u001b[31m",
  "\ufffd",
  "\ufffe",
  "naïve",
  "日本語",
  "e\u0301",
  "\u202ertl",
  "👩‍👩‍👧",
] as const;

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_WORDS) },
  { weight: 3, arbitrary: nastyText },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: "binary", maxLength: 40 })
      .map((text) => text.replaceAll("\0", "")),
  },
);

/** The names that a wrapper's script uses itself, and others that mean something to somebody. */
const VARIABLES = [
  "PLAIN",
  "value",
  "problem",
  "name",
  "file",
  "_x9",
  "HOSTNAME",
  "REPLY",
  "TERM",
  "CDPATH",
  "GLOBIGNORE",
  "PROMPT_COMMAND",
] as const;

const variables = fc.dictionary(fc.constantFrom(...VARIABLES), word, { maxKeys: 4 });

const agent = fc.record({ args: fc.array(word, { maxLength: 4 }), env: variables });

const samples = {
  agents: fc.sample(agent, { numRuns: AGENTS, seed: SEED }),
  lists: fc.sample(fc.array(word, { maxLength: 8 }), { numRuns: LISTS, seed: SEED }),
};

const nameOf = (index: number): string => `agent-${index % AGENTS}`;

needs("nix-build")("a wrapper that runs", () => {
  const nix = useNix();
  let built: BuiltWrappers;
  const scriptOf = (name: string) => readFile(built.script(name), "utf8");

  beforeAll(async () => {
    const secretsMountPoint = await mountPoint(nix());
    await writeFile(join(secretsMountPoint, "key"), `${KEY}\n`);
    const common = {
      package: pkgs("claude-code"),
      secretName: "key",
      authEnvVar: "API_KEY",
    };
    const agents = samples.agents.map((sample, index) => [nameOf(index), { ...common, ...sample }]);
    built = await buildWrappers(
      nix(),
      defineTemplate({
        secretsMountPoint,
        agents: { plain: common, ...Object.fromEntries(agents) },
      }),
    );
  });

  let passed = 0;
  afterAll(() => {
    console.log(`arguments: ${count(passed)} lists through ${AGENTS} wrappers unchanged`);
  });

  it.each(
    chunks([...samples.lists.entries()], LISTS_OF_A_TEST).map((lists, index) => ({
      part: index + 1,
      lists,
    })),
  )("passes arguments and variables on as they are, part $part", async ({ lists }) => {
    for (const some of chunks(lists, AT_ONCE))
      await Promise.all(
        some.map(async ([index, list]) => {
          const definition = samples.agents[index % AGENTS];
          const run = await runWrapper(built.script(nameOf(index)), list);
          expect(run.agent?.args, JSON.stringify(list)).toEqual([
            ...(definition?.args ?? []),
            ...list,
          ]);
          expect(run.agent?.env).toMatchObject({ ...definition?.env, API_KEY: KEY });
          expect(run).toMatchObject({ status: 0, pid: run.agent?.pid, stderr: "" });
          passed++;
        }),
      );
  });

  it("passes bytes on that are no UTF-8", async () => {
    const through = ["bash", "-c", "exec \"$@\" $'\\xff\\xfe' $'a\\xc3'", "bash"];
    const { agent } = await runWrapper(built.script("plain"), [], { through });
    expect(agent?.args).toEqual(["\ufffd\ufffd", "a\ufffd"]);
  });

  it.each([0, 1, 2, 3, 42, 77, 78, 126, 127, 128, 130, 137, 143, 254, 255])(
    "exits with the agent's status %i",
    async (status) => {
      const run = await runWrapper(built.script("plain"), [], {
        env: { STAND_IN_STATUS: `${status}` },
      });
      expect(run).toMatchObject({ status, signal: undefined, pid: run.agent?.pid });
    },
  );

  const SIGNALS = ["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGUSR1", "SIGABRT"] as const;

  it.each(SIGNALS)("dies of the agent's own %s", async (signal) => {
    const env = { STAND_IN_SIGNAL: signal };
    const run = await runWrapper(built.script("plain"), [], { env });
    expect(run).toMatchObject({ status: undefined, signal });
  });

  it.each(SIGNALS)("dies of a %s that it is sent", async (signal) => {
    const run = await runWrapper(built.script("plain"), [], {
      during: ({ pid }) => void process.kill(pid, signal),
    });
    expect(run).toMatchObject({ status: undefined, signal, pid: run.agent?.pid });
  });

  it("leaves the agent no open file of its own", async () => {
    const openFiles = async (script: string): Promise<string[]> => {
      let open: string[] = [];
      const during = async ({ pid }: StartedAgent) => {
        open = await readdir(`/proc/${pid}/fd`);
      };
      await runWrapper(script, [], { during });
      return open;
    };
    const [standIn = ""] = /\/\S+-stand-in\/bin\/claude/.exec(await scriptOf("plain")) ?? [];
    expect(await openFiles(built.script("plain"))).toEqual(await openFiles(standIn));
  });

  // All but those that any bash script changes: PS1, PS2, OPTIND, OPTERR, PWD, SHLVL, _ and BASH's own.
  describe("that finds variables in the caller's environment", () => {
    it.each([...VARIABLES, "LC_ALL", "LC_CTYPE", "LANG", "1x", "a.b", "BASH_FUNC_x%%"])(
      "passes %s on as it is",
      async (name) => {
        const value = name === "BASH_FUNC_x%%" ? "() {  :\n}" : "the caller's";
        const run = await runWrapper(built.script("plain"), [], { env: { [name]: value } });
        expect(run.agent?.env).toMatchObject({ [name]: value, API_KEY: KEY });
      },
    );
  });
});
