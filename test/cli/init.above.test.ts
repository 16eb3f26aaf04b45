import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forage } from "../support/forage.ts";
import { temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();

const PARTS = '{ inputs.flake-parts.url = "github:hercules-ci/flake-parts"; }\n';

/** Runs `forage init` in a directory below a repository's. */
async function initBelow(repository: string, below: string) {
  const directory = join(repository, below);
  await mkdir(directory, { recursive: true });
  const { status, err } = await forage(["init"], directory);
  expect(status, err).toBe(0);
  const text = await readFile(join(directory, "forage.config.ts"), "utf8");
  expect((await forage(["render"], directory)).status).toBe(0);
  return { err, text };
}

describe("forage init looks upward", () => {
  it("for a flake, and names the paths that it has from there", async () => {
    const repository = await project({ ".git/HEAD": "", "flake.nix": PARTS });
    const { err, text } = await initBelow(repository, "ops");
    expect(
      text,
    ).toContain(`    // In ../flake.nix, in mkFlake: imports = [ ./ops/nix/flake-module.nix ];
    "nix/flake-module.nix": {
      kind: "flake-module",
`);
    expect(err).toContain("git add nix/flake-module.nix,");
    expect(err).toContain("in ../flake.nix, in mkFlake: imports = [ ./ops/nix/flake-module.nix ];");
  });

  it("for the nearest flake", async () => {
    const repository = await project({ "flake.nix": PARTS, "a/flake.nix": "{ }" });
    const { text } = await initBelow(repository, "a/b/c");
    expect(text).toContain(
      "// In ../../flake.nix, among the host's modules: ./b/c/nix/sandboxes.nix\n",
    );
  });

  it.each([
    ["my ops", '(./. + "/my ops/nix/flake-module.nix")'],
    ["a\nb", '(./. + "/a?b/nix/flake-module.nix")'],
    ["a\u2028b", '(./. + "/a?b/nix/flake-module.nix")'],
  ])("from a directory called %j", async (below, path) => {
    const { text } = await initBelow(await project({ "flake.nix": PARTS }), below);
    expect(text).toContain(`imports = [ ${path} ];\n`);
  });

  it("for the configuration's types", async () => {
    const repository = await project({ "node_modules/forage-nix/package.json": "{}" });
    expect((await initBelow(repository, "ops")).err).not.toContain("npm install");
  });

  it("for another configuration", async () => {
    const repository = await project({ "forage.config.ts": "mine" });
    expect((await initBelow(repository, "ops")).err).toMatch(
      /^forage: \.\.\/forage\.config\.ts is there too; commands here will use the new one\n/,
    );
  });

  it.each([{ "a/.git": "gitdir: elsewhere" }, { "a/b/.git/HEAD": "" }])(
    "no further than its repository: %j",
    async (git) => {
      const repository = await project({
        ...git,
        "flake.nix": PARTS,
        "forage.config.ts": "mine",
        "node_modules/forage-nix/package.json": "{}",
      });
      const { err, text } = await initBelow(repository, "a/b");
      expect(text).toContain('kind: "nixos-module"');
      expect(err).toContain("npm install");
      expect(err).not.toContain("is there too");
    },
  );
});
