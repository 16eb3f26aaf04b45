import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { config, forage, OUTPUTS } from "../support/forage.ts";
import { addFiles, everything, temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();

/** A project whose files are what its configuration gives. */
async function rendered(): Promise<string> {
  const directory = await project({ "forage.config.json": config(OUTPUTS) });
  await forage(["render"], directory);
  return directory;
}

async function edit(directory: string, path: string, from: string, to: string): Promise<void> {
  const file = join(directory, path);
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
}

describe("forage check", () => {
  it("is silent on standard output while nothing differs", async () => {
    const directory = await rendered();
    const same = { status: 0, out: "", err: "forage: 2 files are up to date\n" };
    expect(await forage(["check"], directory)).toEqual(same);
    expect(await forage(["check"], join(directory, "nix"))).toEqual(same);
    expect(await forage(["check", "--json"], directory)).toEqual({ ...same, out: "[]\n" });
    const one = await forage(["check", "--only", "wrappers.nix"], directory);
    expect(one.err).toBe("forage: 1 file is up to date\n");
  });

  it("tells what differs as a unified diff, and the command that mends it, and changes nothing", async () => {
    const directory = await rendered();
    await edit(directory, "wrappers.nix", "pkgs.ollama", "pkgs.llama");
    await rm(join(directory, "nix/sandboxes.nix"));
    const before = await everything(directory);
    const { status, out, err } = await forage(["check"], directory);
    expect(status).toBe(1);
    expect(err).toBe("forage: 2 files differ; to mend that: forage render\n");
    expect(out).toBe(`nix/sandboxes.nix is not there

wrappers.nix is not what forage.config.json gives
--- a/wrappers.nix
+++ b/wrappers.nix
@@ -2,6 +2,6 @@
 { pkgs, lib, ... }:
 {
   ollama = pkgs.writeShellScriptBin "ollama" ''
-    exec \${lib.getExe pkgs.llama} "$@"
+    exec \${lib.getExe pkgs.ollama} "$@"
   '';
 }
`);
    expect(await everything(directory)).toEqual(before);
  });

  it("gives a command that does mend it", async () => {
    const directory = await rendered();
    await addFiles(directory, {
      "forage.config.json": config({ "wrappers.nix": "wrappers", "own.nix": "packages" }),
      "own.nix": "{ }\n",
    });
    const { status, err } = await forage(["check", "-c", "forage.config.json"], directory);
    expect([status, err]).toEqual([
      1,
      "forage: 2 files differ; to mend that: forage render --config forage.config.json --prune --force\n",
    ]);
    const [, command = ""] = /to mend that: forage (.*)\n/.exec(err) ?? [];
    expect((await forage(command.split(" "), directory)).status).toBe(0);
    expect((await forage(["check"], directory)).status).toBe(0);
  });

  it("compares another directory with --out", async () => {
    const directory = await rendered();
    await addFiles(directory, { "elsewhere/x": "" });
    const { status, err } = await forage(["check", "--out", "elsewhere"], directory);
    expect([status, err]).toEqual([
      1,
      "forage: 2 files differ; to mend that: forage render --out elsewhere\n",
    ]);
    await forage(["render", "--out", "elsewhere"], directory);
    expect((await forage(["check", "--out", "elsewhere"], directory)).status).toBe(0);
  });

  it("looks only at what --only names", async () => {
    const directory = await rendered();
    await addFiles(directory, {
      "forage.config.json": config({ ...OUTPUTS, "third.nix": "packages" }),
    });
    await rm(join(directory, "wrappers.nix"));
    const args = ["check", "--only", "nix/sandboxes.nix"];
    expect((await forage(args, directory)).status).toBe(0);
    const two = await forage([...args, "wrappers.nix"], directory);
    expect([two.status, two.out]).toEqual([1, "wrappers.nix is not there\n"]);
    expect(two.err).toBe(
      "forage: 1 file differs; to mend that: forage render --only nix/sandboxes.nix wrappers.nix\n",
    );
    const unknown = await forage(["check", "--only", "wrapers.nix"], directory);
    expect([unknown.status, unknown.out]).toEqual([2, ""]);
    expect(unknown.err).toMatch(/no output of forage\.config\.json\n {2}did you mean/);
  });

  it("finds what is stale, even the last of the outputs", async () => {
    const directory = await rendered();
    await addFiles(directory, { "forage.config.json": config() });
    const { status, out, err } = await forage(["check"], directory);
    expect(status).toBe(1);
    expect(out).toBe(
      "nix/sandboxes.nix is given by forage.config.json no longer\n\n" +
        "wrappers.nix is given by forage.config.json no longer\n",
    );
    expect(err).toBe("forage: 2 files differ; to mend that: forage render --prune\n");
    await forage(["render", "--prune"], directory);
    const nothing = await forage(["check"], directory);
    expect([nothing.status, nothing.err]).toEqual([
      2,
      'forage: forage.config.json has no outputs, which say what file to write\n  add "outputs": { "nix/sandboxes.nix": "nixos-module" }\n',
    ]);
  });

  it("offers no command for what none can mend", async () => {
    const directory = await project({ "forage.config.json": config({ "x.nix": "wrappers" }) });
    await addFiles(directory, { "x.nix/y": "" });
    expect(await forage(["check"], directory)).toEqual({
      status: 1,
      out: "x.nix cannot be read: it is a directory; move it away, or choose another path\n",
      err: "forage: 1 file differs; see to it by hand\n",
    });
  });

  it("says the same as JSON", async () => {
    const directory = await rendered();
    await edit(directory, "wrappers.nix", "pkgs.ollama", "pkgs.llama");
    await rm(join(directory, "nix/sandboxes.nix"));
    const { status, out, err } = await forage(["check", "--json"], directory);
    expect([status, err]).toEqual([1, "forage: 2 files differ; to mend that: forage render\n"]);
    expect(JSON.parse(out)).toEqual([
      {
        path: "nix/sandboxes.nix",
        kind: "missing",
        message: "nix/sandboxes.nix is not there",
        hint: "run `forage render`",
      },
      {
        path: "wrappers.nix",
        kind: "changed",
        message: "wrappers.nix is not what forage.config.json gives",
        hint: "run `forage render`",
        diff: expect.stringContaining("\n-    exec ${lib.getExe pkgs.llama} "),
      },
    ]);
    expect(out.endsWith("]\n")).toBe(true);
  });

  it("has the colours of Git on a terminal, and only there", async () => {
    const directory = await rendered();
    await edit(directory, "wrappers.nix", "pkgs.ollama", "pkgs.llama");
    const plain = await forage(["check"], directory);
    expect(plain.out).not.toContain("\u001b");
    const { out } = await forage(["check"], directory, { isColoured: true });
    expect(stripVTControlCharacters(out)).toBe(plain.out);
    expect(out).toContain("\u001b[1m--- a/wrappers.nix\u001b[22m\n");
    expect(out).toContain("\u001b[36m@@ -2,6 +2,6 @@\u001b[39m\n");
    expect(out).toContain(
      '\u001b[31m-    exec ${lib.getExe pkgs.llama} "$@"\u001b[39m\n\u001b[32m+',
    );
    expect(out).toMatch(/^wrappers\.nix is not/);
    const json = await forage(["check", "--json"], directory, { isColoured: true });
    expect(json.out).not.toContain("\\u001b");
  });

  it.each([[[]], [["--json"]]])("repeats no live key that stands on the disk: %j", async (args) => {
    const directory = await rendered();
    const key = `sk-ant-api03-${"aB3".repeat(10)}`;
    await edit(directory, "wrappers.nix", "pkgs.ollama", `pkgs.${key}`);
    await addFiles(directory, { "nix/sandboxes.nix": `-----BEGIN PRIVATE KEY-----\n${key}\n` });
    const { status, out, err } = await forage(["check", ...args], directory, { isColoured: true });
    expect(status).toBe(1);
    expect(out).toContain("wrappers.nix");
    expect(out).toContain("nix/sandboxes.nix");
    expect(out + err).not.toContain("aB3aB3");
    expect(out).not.toContain("PRIVATE KEY");
  });

  it.each([
    [["--confg"], /unknown option '--confg'/],
    [["x"], /too many arguments/],
    [["--config", "nowhere.json"], /nowhere\.json cannot be read/],
    [["--out", "nowhere"], /nowhere cannot be used/],
    [["--prune"], /unknown option '--prune'/],
  ])("exits with 2 on %j", async (args, message) => {
    const { status, out, err } = await forage(["check", ...args], await rendered());
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });

  it("exits with 2 where the definition is wrong", async () => {
    const directory = await project({ "forage.config.json": '{"templates": 1}' });
    const { status, err } = await forage(["check"], directory);
    expect(status).toBe(2);
    expect(err).toMatch(/^forage: in forage\.config\.json:\nforage: templates: /);
  });
});
