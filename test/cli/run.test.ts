import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { config, forage } from "../support/forage.ts";
import { temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();
const COMMANDS = ["init", "render", "check", "agents", "schema", "completion"];

describe("forage", () => {
  it.each([["--help"], ["-h"], ["help"]])("explains itself with %s", async (argument) => {
    const { status, out, err } = await forage([argument], "/");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: forage (?:.|\n)*\nExamples:\n {2}forage init /);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  });

  it.each(COMMANDS)("explains %s, with examples", async (command) => {
    const { status, out, err } = await forage([command, "--help"], "/");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(
      new RegExp(`^Usage: forage ${command}\\b(?:.|\n)*--verbose(?:.|\n)*\nExamples?:\n {2}\\S`),
    );
    expect(out).toMatch(/[^\n]\n$/);
    expect(await forage(["help", command], "/")).toEqual({ status, out, err });
  });

  it("says its version", async () => {
    expect(await forage(["--version"], "/")).toEqual({ status: 0, out: "0.1.0\n", err: "" });
  });

  it.each([
    [["rendr"], /unknown command 'rendr'\n\(Did you mean render\?\)/],
    [["--versoin"], /unknown option '--versoin'\n\(Did you mean --version\?\)/],
    [[], /^Usage: forage/],
  ])("exits with 2 on %j", async (args, message) => {
    const { status, out, err } = await forage(args, "/");
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});

describe("a live key on the command line", () => {
  const key = `sk-ant-api03-${"aB3".repeat(10)}`;

  it.each([
    [[key]],
    [["render", `--${key}`]],
    [["render", "-c", key]],
    [["render", "--out", key]],
    [["render", "--only", key]],
    [["check", "--only", key]],
    [["init", "--agent", key]],
    [["completion", key]],
  ])("is not repeated: %#", async (args) => {
    const directory = await project({ "forage.config.json": config({ "x.nix": "wrappers" }) });
    const { status, out, err } = await forage(args, directory);
    expect(status).toBe(2);
    expect(err).not.toBe("");
    expect(out + err).not.toContain("aB3aB3");
  });
});

describe("--verbose", () => {
  it("says where a failure came from", async () => {
    const directory = await project();
    const quiet = await forage(["render"], directory);
    expect(quiet.err).not.toMatch(/\n {4}at /);
    const verbose = await forage(["render", "--verbose"], directory);
    expect(verbose.status).toBe(2);
    expect(verbose.err.startsWith(quiet.err)).toBe(true);
    expect(verbose.err).toMatch(/\n {4}at findConfig/);
    expect(await forage(["--verbose", "render"], directory)).toMatchObject({ status: 2 });
  });

  it("leads to the line of a configuration with a wrong definition", async () => {
    const directory = await project({
      "forage.config.ts": 'import { agents } from "./agents.ts";\nexport default { agents };\n',
      "agents.ts":
        'import { defineAgent } from "forage-nix";\nexport const agents = [\n  defineAgent({ pakage: "x" } as never),\n];\n',
    });
    const quiet = await forage(["check"], directory);
    expect(quiet.err).not.toContain("agents.ts");
    const { err } = await forage(["check", "--verbose"], directory);
    expect(err).toContain(`at ${join(directory, "agents.ts")}:3:`);
  });

  it.each([
    ["const e = new Error('again'); e.cause = e; throw e;", /Error: again\n {4}at /],
    ["throw new Error('out', { cause: new Error('in') });", /Error: out\n(?:.|\n)*\nError: in\n/],
    ["throw new Error('out', { cause: Object.create(null) });", /Error: out\n {4}at /],
    [
      "throw Object.defineProperty(new Error('out'), 'cause', { get() { throw 1 } });",
      /cannot be evaluated: out\n/,
    ],
    [
      "const inner = new Error('in'); Object.defineProperty(inner, 'stack', { get() { throw 1 } }); throw new Error('out', { cause: inner });",
      /cannot be evaluated: out\n/,
    ],
    ["throw new Error('out', { cause: { stack: 1 } });", /Error: out\n/],
  ])("shows any cause once: %s", async (text, expected) => {
    const directory = await project({ "forage.config.mjs": text });
    const { status, err } = await forage(["check", "--verbose"], directory);
    expect(status).toBe(2);
    expect(err).toMatch(expected);
  });
});
