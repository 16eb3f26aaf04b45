import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { config, forage, OUTPUTS } from "../support/forage.ts";
import { addFiles, everything, temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();

describe("a file that the configuration gives no longer", () => {
  async function withStale() {
    const directory = await project({ "forage.config.json": config(OUTPUTS) });
    await forage(["render"], directory);
    await addFiles(directory, {
      "forage.config.json": config({ "wrappers.nix": "wrappers" }),
      "nix/mine.nix": "{ }",
    });
    return directory;
  }

  it("stays, and forage render says how it goes", async () => {
    const directory = await withStale();
    const { status, out, err } = await forage(["render"], directory);
    expect([status, out]).toEqual([0, ""]);
    expect(err).toBe(
      "forage: 1 file is up to date\n" +
        "forage: nix/sandboxes.nix is given by forage.config.json no longer\n" +
        "  to remove it: forage render --prune\n",
    );
    expect(Object.keys(await everything(directory))).toContain("nix/sandboxes.nix");
  });

  it("is to be removed with the options at hand, quoted for a shell", async () => {
    const directory = await withStale();
    const from = join(directory, "it's here");
    await mkdir(from);
    const named = await forage(
      ["render", "-c", "../it's here/../forage.config.json", "-o", ".."],
      from,
    );
    expect(named.err).toContain(
      "forage render --config '../it'\\''s here/../forage.config.json' --out .. --prune\n",
    );
  });

  it("goes with --prune, and what is not ours stays", async () => {
    const directory = await withStale();
    expect(await forage(["render", "--prune"], directory)).toEqual({
      status: 0,
      out: "removed nix/sandboxes.nix\n",
      err: "",
    });
    expect(Object.keys(await everything(directory))).toEqual([
      "forage.config.json",
      "nix/",
      "nix/mine.nix",
      "wrappers.nix",
    ]);
    const again = await forage(["render", "--prune"], directory);
    expect(again.err).toBe("forage: 1 file is up to date\n");
  });

  it("goes even if it was the last one", async () => {
    const directory = await withStale();
    await addFiles(directory, { "forage.config.json": config() });
    expect((await forage(["render", "--prune"], directory)).out).toBe(
      "removed nix/sandboxes.nix\nremoved wrappers.nix\n",
    );
  });

  it("is not spoken of with --only or --stdout", async () => {
    const directory = await withStale();
    const only = await forage(["render", "--only", "wrappers.nix"], directory);
    expect(only.err).toBe("forage: 1 file is up to date\n");
    expect((await forage(["render", "--stdout"], directory)).err).toBe("");
  });
});
