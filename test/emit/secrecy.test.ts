import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { defineAgent, defineTemplate, pkgs } from "../../lib/index.ts";
import { keyKind } from "../../lib/schema/keys.ts";
import { useNix } from "../support/nix.ts";
import { type RunOptions, runWrapper } from "../support/run-wrapper.ts";
import { needs } from "../support/tools.ts";
import { trace } from "../support/trace.ts";
import { type BuiltWrappers, buildWrappers, mountPoint } from "../support/wrapper.ts";

const KEY = "key-of-the-secrecy-tests";
const VARIABLE = "API_KEY";

/** The command lines of all processes of the machine. */
async function commandLines(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(found)).join("\n");
}

needs("nix-build")("a wrapper's secret", () => {
  const nix = useNix();
  let built: BuiltWrappers;
  let wrapper: string;

  beforeAll(async () => {
    const secretsMountPoint = await mountPoint(nix());
    await writeFile(join(secretsMountPoint, "key"), `${KEY}\n`);
    const agent = { package: pkgs("claude-code"), secretName: "key", authEnvVar: VARIABLE };
    built = await buildWrappers(nix(), defineTemplate({ secretsMountPoint, agents: { agent } }));
    wrapper = built.script("agent");
  });

  it("is in the agent's environment, and not in the caller's", async () => {
    const script = `STAND_IN_SHOW=${VARIABLE} "$1"; echo "status $?"; export -p; cat /proc/$$/environ`;
    const { stdout } = await execa("bash", ["-c", script, "bash", wrapper], {
      env: { PATH: process.env["PATH"] },
      extendEnv: false,
    });
    const [agents = "", callers = ""] = stdout.split("status 0\n");
    expect(agents).toContain(`${VARIABLE}='${KEY}'\n`);
    expect(callers).toContain("declare -x PATH=");
    expect(callers).not.toMatch(new RegExp(`${VARIABLE}|${KEY}`));
  });

  it("is on no process's command line while the agent runs", async () => {
    let seen = "";
    const { agent } = await runWrapper(wrapper, ["the agent's argument"], {
      during: async () => {
        seen = await commandLines();
      },
    });
    expect(agent?.env[VARIABLE]).toBe(KEY);
    expect(seen).toContain("the agent's argument");
    expect(seen).not.toContain(KEY);
  });

  describe.each<[string, RunOptions]>([
    ["bash -x", { through: ["bash", "-x"] }],
    ["bash -xv", { through: ["bash", "-xv"] }],
    ["SHELLOPTS=xtrace", { env: { SHELLOPTS: "xtrace" } }],
    ["SHELLOPTS=verbose:xtrace", { env: { SHELLOPTS: "verbose:xtrace" } }],
    ["a trace to stdout", { env: { SHELLOPTS: "xtrace", BASH_XTRACEFD: "1" } }],
  ])("under %s", (_, options) => {
    it("is in no trace, which goes on after it", async () => {
      const { agent, stdout, stderr } = await runWrapper(wrapper, ["an argument"], options);
      expect(agent?.env[VARIABLE]).toBe(KEY);
      expect(stdout + stderr).toMatch(/\+ exec \S+\/bin\/claude 'an argument'/);
      expect(stdout + stderr).not.toContain(KEY);
    });
  });

  it.each([
    "allexport",
    "errexit",
    "keyword",
    "noclobber",
    "noglob",
    "nounset",
    "pipefail",
    "posix",
  ])("arrives where the caller exports the option %s", async (option) => {
    const run = await runWrapper(wrapper, ["*"], { env: { SHELLOPTS: option } });
    expect(run).toMatchObject({ status: 0, stderr: "", agent: { args: ["*"] } });
    expect(run.agent?.env[VARIABLE]).toBe(KEY);
  });

  it.each(["extglob", "failglob", "localvar_inherit", "nocasematch", "nullglob", "xpg_echo"])(
    "arrives where the caller exports the option %s",
    async (option) => {
      const run = await runWrapper(wrapper, ["*"], { env: { BASHOPTS: option } });
      expect(run).toMatchObject({ status: 0, stderr: "", agent: { args: ["*"] } });
      expect(run.agent?.env[VARIABLE]).toBe(KEY);
    },
  );

  it("is read after a BASH_ENV file, which bash runs first in every script", async () => {
    const file = join(nix().directory, "bash-env");
    await writeFile(file, `echo "BASH_ENV sees \${${VARIABLE}-nothing}" >&2\n`);
    // The stand-in agent is a bash script as well, and its own BASH_ENV file may see what the agent may.
    const { stderr } = await runWrapper(wrapper, [], { env: { BASH_ENV: file } });
    expect(stderr).toBe(`BASH_ENV sees nothing\nBASH_ENV sees ${KEY}\n`);
  });

  it("is read without an ENV file, which bash does not run for scripts", async () => {
    const file = join(nix().directory, "env");
    await writeFile(file, "echo ENV >&2\n");
    for (const env of [{ ENV: file }, { ENV: file, POSIXLY_CORRECT: "1" }])
      expect((await runWrapper(wrapper, [], { env })).stderr).toBe("");
  });

  it("leaves the locale as the caller set it", async () => {
    const env = { LC_ALL: "C.UTF-8", LC_CTYPE: "C", LANG: "C.UTF-8" };
    const run = await runWrapper(wrapper, [], { env });
    expect(run.agent?.env).toMatchObject(env);
    expect(run.stderr).toBe("");
  });

  it("leaves a locale alone that the machine lacks, about which bash warns", async () => {
    const env = { LC_ALL: "xx_XX.UTF-8" };
    const run = await runWrapper(wrapper, [], { env });
    expect(run.agent?.env).toMatchObject({ ...env, [VARIABLE]: KEY });
    expect(run.stderr).toMatch(/^(.*: warning: setlocale: .*\n)+$/);
  });
});

needs("nix-build", "strace")("a wrapper that asks the bridge", () => {
  const nix = useNix();
  let wrapper: string;

  beforeAll(async () => {
    const secretsMountPoint = await mountPoint(nix());
    await writeFile(join(secretsMountPoint, "key"), `${KEY}\n`);
    const agent = defineAgent({
      package: pkgs("claude-code"),
      secretName: "key",
      authEnvVar: "ANTHROPIC_API_KEY",
      secrets: { MY_KEY: "key" },
      endpoints: {
        MY_KEY: { env: { MY_URL: "{url}" }, args: ["--at={origin}", "--path={path}"] },
      },
      args: ["its own"],
      onMissingSecret: "fail",
    });
    const template = defineTemplate({
      secretsMountPoint,
      auth: "bridge",
      agents: { agent },
      bridge: { port: 7000 },
    });
    wrapper = (await buildWrappers(nix(), template)).script("agent");
  });

  it("has no secret, though there is one where others have theirs", async () => {
    const { agent, status, stderr } = await runWrapper(wrapper, ["a b"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(agent?.env).toMatchObject({
      ANTHROPIC_API_KEY: "sk-ant-forage-bridge-placeholder",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:7000/key",
      MY_KEY: "forage-bridge-placeholder",
      MY_URL: "http://127.0.0.1:7000/key",
    });
    expect(agent?.args).toEqual(["--at=http://127.0.0.1:7000", "--path=/key", "its own", "a b"]);
    expect(JSON.stringify(agent)).not.toContain(KEY);
  });

  it("names no file of a secret, and starts nothing but the agent", async () => {
    const script = await readFile(wrapper, "utf8");
    expect(script).not.toContain("/run/secrets");
    expect(keyKind(script)).toBeUndefined();
    const { execve, clone } = await trace(nix().directory, [wrapper]);
    expect({ execve, clone }).toEqual({ execve: 2, clone: 0 });
  });
});

needs("nix-build", "strace")("a wrapper's start", () => {
  const nix = useNix();

  it("is two programs in one process, and shows none of them the secret", async () => {
    const secretsMountPoint = await mountPoint(nix());
    await writeFile(join(secretsMountPoint, "key"), `${KEY}\n`);
    const agent = { package: pkgs("claude-code"), secretName: "key", authEnvVar: VARIABLE };
    const more = { secrets: { FIRST: "key", SECOND: "key" }, env: { A: "b" }, args: ["c"] };
    const built = await buildWrappers(
      nix(),
      defineTemplate({ secretsMountPoint, agents: { agent, bigger: { ...agent, ...more } } }),
    );
    for (const name of ["agent", "bigger"]) {
      const { execve, clone, calls } = await trace(nix().directory, [built.script(name), "-x"]);
      expect({ execve, clone }).toEqual({ execve: 2, clone: 0 });
      expect(calls).not.toContain(KEY);
    }
  });
});
