import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { config, OUTPUTS } from "../support/forage.ts";
import { PATIENCE_MS } from "../support/hang.ts";
import { addFiles, everything, temporaryProjects } from "../support/project.ts";
import { needs } from "../support/tools.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const JITI = fromRoot("node_modules/.bin/jiti");
const MAIN = fromRoot("lib/cli/main.ts");
const KEY = `sk-ant-api03-${"aB3".repeat(10)}`;
const NO_COLOURS = { NO_COLOR: "", FORCE_COLOR: undefined, CI: undefined };

const project = temporaryProjects();

/** Runs a line of bash in which `forage` is the program. */
async function bash(line: string, directory: string, env: Record<string, string> = {}) {
  const script = `forage() { '${JITI}' '${MAIN}' "$@"; }; ${line}`;
  const { exitCode, stdout, stderr } = await execa("bash", ["-c", script], {
    cwd: directory,
    env: { ...NO_COLOURS, ...env },
    reject: false,
    stripFinalNewline: false,
  });
  return { status: exitCode, out: stdout, err: stderr };
}

/** The same in a terminal, where somebody presses keys once they have read something. */
async function terminal(
  line: string,
  directory: string,
  { env = {}, keys = [] }: { env?: Record<string, string>; keys?: [seen: string, keys: string][] },
) {
  const script = `stty cols 100 rows 40; '${JITI}' '${MAIN}' ${line}`;
  const running = execa("script", ["-qec", script, "/dev/null"], {
    cwd: directory,
    env: { ...NO_COLOURS, TERM: "xterm-256color", ...env },
    reject: false,
    timeout: PATIENCE_MS,
  });
  let seen = "";
  const left = [...keys];
  running.stdout.on("data", (chunk: Buffer) => {
    seen += chunk.toString();
    const [next] = left;
    if (next === undefined || !seen.includes(next[0])) return;
    left.shift();
    running.stdin.write(next[1]);
  });
  const { exitCode, stdout } = await running;
  return { status: exitCode, out: stdout.replaceAll("\r\n", "\n") };
}

const withOutputs = () => project({ "forage.config.json": config(OUTPUTS) });

describe("the program", () => {
  it("writes, checks, and exits with what it found", async () => {
    const directory = await withOutputs();
    const created = "created nix/sandboxes.nix\ncreated wrappers.nix\n";
    expect(await bash("forage render", directory)).toEqual({ status: 0, out: created, err: "" });
    expect((await bash("forage check", directory)).status).toBe(0);
    await addFiles(directory, { "wrappers.nix": "" });
    const drift = await bash("forage check", directory);
    expect([drift.status, drift.out.includes("\u001b")]).toEqual([1, false]);
    expect((await bash("forage check --confg", directory)).status).toBe(2);
  });

  it("asks nothing where there is no terminal", async () => {
    const directory = await project();
    const { status, out } = await bash("forage init </dev/null", directory);
    expect([status, out]).toEqual([0, "created forage.config.ts\n"]);
  });

  it.each([
    "export default new Promise(() => {});",
    "await new Promise(() => {}); export default {};",
    "export default { then() {} };",
  ])("tells of a promise that never settles: %s", async (text) => {
    const directory = await project({ "forage.config.mjs": text });
    for (const command of ["render", "check"])
      expect(await bash(`forage ${command}`, directory)).toEqual({
        status: 2,
        out: "",
        err: "forage: forage.config.mjs: the configuration's promise never settles\n  look for an await of a promise that nothing resolves\n",
      });
  });

  it.each([
    [`Promise.reject(new Error("stray ${KEY}"));`],
    [`setTimeout(() => { throw new Error("stray ${KEY}"); });`],
    [`Promise.reject(Object.create(null));`],
  ])("tells of what a configuration leaves behind, without a key: %#", async (text) => {
    const directory = await project({
      "forage.config.mjs": `${text}\nexport default ${config({ "x.nix": "wrappers" })};`,
    });
    const { status, err } = await bash("forage render --stdout", directory);
    expect(status).toBe(2);
    expect(err).toMatch(/^forage: what the configuration started failed: .*\n {2}await it in/);
    expect(err).not.toContain("aB3aB3");
  });

  it.each(["process.exit(0);", "setTimeout(() => process.exit(0)); await new Promise(() => {});"])(
    "does not pass for fine when the configuration ends it: %s",
    async (text) => {
      const directory = await project({ "forage.config.mjs": `${text}\nexport default {};` });
      expect(await bash("forage check", directory)).toEqual({
        status: 2,
        out: "",
        err: "forage: the configuration ended the process: it may not call process.exit()\n",
      });
    },
  );

  it("keeps what the configuration prints out of the results", async () => {
    const directory = await project({
      "forage.config.mjs": `console.log("noise"); process.stdout.write("more\\n");\nexport default ${config({ "x.nix": "wrappers" })};`,
    });
    const { status, out, err } = await bash("forage check --json", directory);
    expect([status, JSON.parse(out)]).toEqual([1, [expect.objectContaining({ kind: "missing" })]]);
    expect(err).toMatch(/^noise\nmore\n/);
  });

  it("does not wait for what the configuration has left open", async () => {
    const directory = await project({
      "forage.config.mjs": `setInterval(() => {}, 1e6);\nexport default ${config({ "x.nix": "wrappers" })};`,
    });
    expect((await bash("forage render", directory)).out).toBe("created x.nix\n");
    expect((await bash("forage check", directory)).status).toBe(0);
  });

  it("shows where a stray failure came from with --verbose alone", async () => {
    const directory = await project({
      "forage.config.mjs": `Promise.reject(new Error("stray"));\nexport default ${config({ "x.nix": "wrappers" })};`,
    });
    expect((await bash("forage render --stdout", directory)).err).not.toMatch(/\n {4}at /);
    expect((await bash("forage render --stdout --verbose", directory)).err).toMatch(/\n {4}at /);
  });

  it("runs as it is built", async () => {
    const built = fromRoot("dist/cli/main.js");
    if (!existsSync(built)) return;
    const { stdout } = await execa(process.execPath, [built, "--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("standard output", () => {
  it.each(["render --stdout", "render", "check", "agents", "--help"])(
    "that is full fails: %s",
    async (args) => {
      const { status, err } = await bash(`forage ${args} >/dev/full`, await withOutputs());
      expect(status).toBe(2);
      expect(err).toMatch(
        /^(?:forage: \d.*\n)?forage: standard output cannot be written: no space is left on the device\n$/,
      );
    },
  );

  it("that is full does not matter to who writes nothing there", async () => {
    const directory = await withOutputs();
    await bash("forage render", directory);
    const upToDate = { status: 0, out: "", err: "forage: 2 files are up to date\n" };
    expect(await bash("forage check >/dev/full", directory)).toEqual(upToDate);
  });

  it("may be closed early", async () => {
    const line = "forage agents --json | true; exit $" + "{PIPESTATUS[0]}";
    expect(await bash(line, await project())).toEqual({ status: 0, out: "", err: "" });
    const first = await bash("set -o pipefail; forage agents | head -1", await project());
    expect(first).toEqual({ status: 0, out: expect.stringMatching(/^NAME .*\n$/), err: "" });
  });

  it("is not needed for an error, and standard error neither", async () => {
    expect((await bash("forage render 2>/dev/full", await project())).status).toBe(2);
    expect((await bash("forage render 2>&-", await project())).status).toBe(2);
  });
});

needs("script")("on a terminal", () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: "1" }, false],
    [{ TERM: "dumb" }, false],
  ])("with %j, forage check is coloured: %s", async (env, isColoured) => {
    const directory = await withOutputs();
    await bash("forage render", directory);
    await bash("sed -i s/ollama/llama/ wrappers.nix", directory);
    const { status, out } = await terminal("check", directory, { env });
    expect(status).toBe(1);
    expect(out).toContain("exec ${lib.getExe pkgs.ollama}");
    expect(out.includes("\u001b[31m-")).toBe(isColoured);
  });

  it("forage init asks", async () => {
    const directory = await project({ "flake.nix": "flake-parts" });
    const { status, out } = await terminal("init", directory, {
      keys: [
        ["Which agents?", "\r"],
        ["rendered?", "\r"],
      ],
    });
    expect([status, out.includes("created forage.config.ts")]).toEqual([0, true]);
    expect(Object.keys(await everything(directory))).toEqual(["flake.nix", "forage.config.ts"]);
    expect((await bash("forage render", directory)).out).toBe("created nix/flake-module.nix\n");
  });

  it.each([
    ["Control-C", "\u0003"],
    ["Escape", "\u001b"],
    ["Control-D", "\u0004"],
  ])("forage init is cancelled by %s", async (_, key) => {
    const directory = await project();
    const { status, out } = await terminal("init", directory, { keys: [["Which agents?", key]] });
    expect(out).toContain("forage: cancelled; nothing was written");
    expect(status).toBe(130);
    expect(await everything(directory)).toEqual({});
  });
});

it("the package's bin is that file", async () => {
  const { default: manifest } = await import("../../package.json", { with: { type: "json" } });
  expect(join("lib", manifest.bin.forage.replace(/^dist\//, "").replace(/\.js$/, ".ts"))).toBe(
    "lib/cli/main.ts",
  );
});
