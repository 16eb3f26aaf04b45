import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dir } from "tmp-promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../lib/cli/run.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/two-agents", import.meta.url));
let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const made = await dir({ unsafeCleanup: true });
  root = made.path;
  remove = made.cleanup;
});
afterAll(() => remove());

async function forage(args: readonly string[], directory: string = EXAMPLE) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(args, {
    directory,
    write: (text) => void out.push(text),
    writeError: (text) => void err.push(text),
  });
  return { status, out: out.join(""), err: err.join("") };
}

async function project(config: unknown): Promise<string> {
  const directory = join(root, `${Math.random()}`);
  await mkdir(directory);
  await writeFile(join(directory, "forage.config.json"), JSON.stringify(config));
  return directory;
}

describe("a live key", () => {
  const key = `sk-ant-api03-${"aB3".repeat(10)}`;

  it.each([[[key]], [["render", `--${key}`]], [["render", "-c", key]]])(
    "on the command line is not repeated: %#",
    async (args) => {
      const { status, out, err } = await forage(args);
      expect(status).toBe(2);
      expect(err).not.toBe("");
      expect(out + err).not.toContain(key);
    },
  );
});

describe("forage render", () => {
  it("prints every wrapper of the nearest configuration", async () => {
    const wrappers = readFileSync(join(EXAMPLE, "wrappers.nix"), "utf8");
    expect(await forage(["render"])).toEqual({ status: 0, out: wrappers, err: "" });
  });

  it("prints one agent's file, or some agents' set", async () => {
    const one = await forage(["render", "aider"]);
    expect(one.out).toMatch(/\}:\npkgs\.writeShellScriptBin "aider" ''\n/);
    const two = await forage(["render", "aider", "claude"]);
    expect(two.out.match(/^ {2}\w+(?= = pkgs)/gm)).toEqual(["  aider", "  claude"]);
  });

  it("reads the configuration that is named", async () => {
    const args = ["render", "--config", join(EXAMPLE, "forage.config.ts"), "claude"];
    expect(await forage(args, root)).toEqual(await forage(["render", "claude"]));
    const relative = ["render", "-c", "two-agents/forage.config.ts", "claude"];
    expect((await forage(relative, join(EXAMPLE, ".."))).status).toBe(0);
  });

  it("takes the only template, or the one called default, or the one that is named", async () => {
    const of = (name: string) => ({ agents: { [name]: { package: name } } });
    const only = await project({ templates: { only: of("a") } });
    expect((await forage(["render"], only)).out).toContain("pkgs.a");
    const three = await project({ templates: { x: of("b"), default: of("c"), y: of("d") } });
    expect((await forage(["render"], three)).out).toContain("pkgs.c");
    expect((await forage(["render", "-t", "y"], three)).out).toContain("pkgs.d");
    const two = await project({ templates: { x: of("b"), y: of("d") } });
    const { status, err } = await forage(["render"], two);
    expect([status, err]).toEqual([
      2,
      'forage: which template? The configuration has none called default\n  known: "x", "y"\n',
    ]);
  });

  it("tells everything that is wrong with a definition, and where it is", async () => {
    const config = { templates: { t: { agents: { a: { package: 1 }, b: { pakage: "x" } } } } };
    const { status, out, err } = await forage(["render"], await project(config));
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(
      /^forage: in forage\.config\.json:\nforage: templates\.t\.agents\.a\.package: 1 is/,
    );
    expect(err).toContain(
      'forage: templates.t.agents.b.pakage: unknown field\n  did you mean "package"?',
    );
    expect(err).not.toMatch(/\n {4}at /);
  });

  it.each([
    [["render", "nobody"], /no agent "nobody"\n {2}known: "claude", "aider"/],
    [["render", "-t", "defualt"], /no template "defualt"\n {2}did you mean "default"/],
    [["render", "-t", "constructor"], /no template "constructor"/],
    [["render", "-c", "nowhere.ts"], /nowhere\.ts cannot be read: there is no such file/],
    [["render", "--confg", "x"], /unknown option '--confg'\n\(Did you mean --config\?\)/],
    [["render", "-c"], /argument missing/],
    [["rendr"], /unknown command 'rendr'\n\(Did you mean render\?\)/],
    [[], /^Usage: forage/],
  ])("exits with 2 on %j", async (args, message) => {
    const { status, out, err } = await forage(args);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it("says where there is no configuration, and with --verbose where that came from", async () => {
    const quiet = await forage(["render"], root);
    expect(quiet.err).toMatch(/^forage: no configuration in .*\n {2}write one, or/);
    const verbose = await forage(["render", "--verbose"], root);
    expect(verbose.err.startsWith(quiet.err)).toBe(true);
    expect(verbose.err).toMatch(/\n {4}at findConfig/);
  });
});

describe("forage", () => {
  it.each([["--help"], ["-h"], ["help"], ["render", "--help"], ["help", "render"]])(
    "explains itself: %s %s",
    async (...args) => {
      const { status, out, err } = await forage(args);
      expect([status, err]).toEqual([0, ""]);
      expect(out).toMatch(/^Usage: forage(?:.|\n)*\nExample:\n {2}forage render/);
    },
  );

  it("says its version", async () => {
    expect(await forage(["--version"])).toEqual({ status: 0, out: "0.1.0\n", err: "" });
  });
});
