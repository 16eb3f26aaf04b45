import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HEADER } from "../../lib/emit/header.ts";
import { findStale } from "../../lib/files/stale.ts";
import { failure, generated, rendering, temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();
const OUTPUTS = rendering({ "nix/a.nix": "1" });

describe("findStale", () => {
  it("finds what the configuration gave before, in the order of bytes", async () => {
    const paths = ["b.nix", "a/z.nix", "a.nix", "a-b.nix", "\u{1f600}.nix", "\uffee.nix"];
    const files = Object.fromEntries(
      [...paths, "nix/a.nix"].map((path) => [path, generated(path)]),
    );
    expect(await findStale(OUTPUTS, await project(files))).toEqual([
      "a-b.nix",
      "a.nix",
      "a/z.nix",
      "b.nix",
      "\uffee.nix",
      "\u{1f600}.nix",
    ]);
  });

  it.each(["__proto__.nix", "__proto__/constructor.nix", ".nix", "a b/é\n.nix", ".hidden.nix"])(
    "finds %j",
    async (path) => {
      expect(await findStale(OUTPUTS, await project({ [path]: generated(path) }))).toEqual([path]);
    },
  );

  it("knows a file by its first line alone, with whatever line ends", async () => {
    const long = generated("long.nix", "# é".repeat(100_000));
    const crlf = generated("crlf.nix").replaceAll("\n", "\r\n");
    const bare = generated("bare.nix").split("\n")[0] ?? "";
    const files = { "long.nix": long, "crlf.nix": crlf, "bare.nix": bare };
    expect(await findStale(OUTPUTS, await project(files))).toEqual([
      "bare.nix",
      "crlf.nix",
      "long.nix",
    ]);
  });

  it("leaves alone what is not this configuration's", async () => {
    const files = {
      "foreign.nix": "{ }\n",
      "empty.nix": "",
      "stdout.nix": `# ${HEADER}\n{ }\n`,
      "other.nix": generated("other.nix", "{ }", "other.config.ts"),
      "moved/here.nix": generated("here.nix"),
      "second-line.nix": `\n${generated("second-line.nix")}`,
      "notes.txt": generated("notes.txt"),
    };
    expect(await findStale(OUTPUTS, await project(files))).toEqual([]);
  });

  it("passes over other projects, node_modules, hidden directories and links", async () => {
    const paths = ["node_modules/a.nix", "x/node_modules/y/a.nix", ".direnv/a.nix"];
    const own = ["inner/a.nix", "inner/deep/a.nix"];
    const files = Object.fromEntries([...paths, ...own].map((path) => [path, generated(path)]));
    const directory = await project({
      ...files,
      "forage.config.ts": "",
      "forage.config.js": "",
      "inner/forage.config.mts": "",
    });
    const outside = await project({ "a.nix": generated("linked/a.nix") });
    await symlink(outside, join(directory, "linked"));
    await writeFile(join(outside, "b.nix"), generated("b.nix"));
    await symlink(join(outside, "b.nix"), join(directory, "b.nix"));
    await symlink(directory, join(directory, "circle"));
    await symlink("nowhere", join(directory, "nowhere.nix"));
    await mkdir(join(directory, "directory.nix"));
    expect(await findStale(OUTPUTS, directory)).toEqual([]);
  });

  it("looks beside a configuration that does not lie at the top", async () => {
    const configFile = "config/forage.config.ts";
    const outputs = rendering({ "config/a.nix": "1" }, configFile);
    const directory = await project({
      [configFile]: "",
      "config/a.nix": generated("config/a.nix", "1", configFile),
      "config/old.nix": generated("config/old.nix", "1", configFile),
      "top.nix": generated("top.nix", "1", configFile),
    });
    expect(await findStale(outputs, directory)).toEqual(["config/old.nix", "top.nix"]);
    const again = { ...outputs, configFile: "./config//forage.config.ts" };
    expect(await findStale(again, directory)).toEqual(["config/old.nix", "top.nix"]);
  });

  it("takes no output for stale that a link leads to", async () => {
    const directory = await project({ "real/a.nix": generated("nix/a.nix", "1") });
    await symlink("real", join(directory, "nix"));
    expect(await findStale(OUTPUTS, directory)).toEqual([]);
    const other = await project({ "nix/real.nix": generated("nix/a.nix", "1") });
    await symlink("real.nix", join(other, "nix/a.nix"));
    expect(await findStale(OUTPUTS, other)).toEqual([]);
  });

  it("takes a directory by a link, and refuses one that is not there", async () => {
    const directory = await project({ "old.nix": generated("old.nix") });
    await symlink(directory, `${directory}-link`);
    expect(await findStale(OUTPUTS, `${directory}-link`)).toEqual(["old.nix"]);
    await rename(directory, `${directory}-gone`);
    const error = await failure(findStale(OUTPUTS, directory));
    expect([error.code, error.message]).toEqual([
      "file",
      `${directory} cannot be used: there is no such file\n  name the project's directory`,
    ]);
  });
});
