import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, chown, mkdir, readFile, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Rendering } from "../../lib/emit/rendering.ts";
import { applyChanges } from "../../lib/files/apply.ts";
import { writeFiles } from "../../lib/files/write.ts";
import { asNobody, NOBODY } from "../support/child.ts";
import {
  addFiles,
  everything,
  failure,
  generated,
  rendering,
  temporaryProjects,
} from "../support/project.ts";

const project = temporaryProjects();

/** What a refused rendering is told, after which nothing has changed. */
async function refusal(outputs: Rendering, directory: string, options = {}): Promise<string> {
  const before = await everything(directory);
  const error = await failure(writeFiles(outputs, directory, options));
  expect(error.code).toBe("file");
  expect(await everything(directory)).toEqual(before);
  return error.message;
}

describe("writeFiles", () => {
  it("creates, changes and leaves files, in the rendering's order", async () => {
    const directory = await project({
      "z.nix": generated("z.nix", "old"),
      "nix/same.nix": generated("nix/same.nix"),
    });
    const long = new Date("2001-02-03");
    await utimes(join(directory, "nix/same.nix"), long, long);
    const same = await stat(join(directory, "nix/same.nix"));
    const outputs = rendering({ "z.nix": "new é", "a/b/c.nix": "{ }", "nix/same.nix": "{ }" });
    expect(await writeFiles(outputs, directory)).toEqual([
      { path: "z.nix", change: "changed" },
      { path: "a/b/c.nix", change: "created" },
      { path: "nix/same.nix", change: "unchanged" },
    ]);
    expect(await everything(directory)).toEqual({
      "a/": "",
      "a/b/": "",
      "nix/": "",
      ...Object.fromEntries(outputs.files),
    });
    const { mtimeMs, ino } = await stat(join(directory, "nix/same.nix"));
    expect([mtimeMs, ino]).toEqual([same.mtimeMs, same.ino]);
    const again = await writeFiles(outputs, directory);
    expect(new Set(again.map(({ change }) => change))).toEqual(new Set(["unchanged"]));
  });

  it.each(["__proto__.nix", "constructor/__proto__.nix", "a b/é \n$(x).nix", ".x", "..."])(
    "takes the path %j",
    async (path) => {
      const directory = await project();
      const outputs = rendering({ [path]: "{ }" });
      expect(await writeFiles(outputs, directory)).toEqual([{ path, change: "created" }]);
      expect(await readFile(join(directory, path), "utf8")).toBe(generated(path));
    },
  );

  it("keeps a file's permissions, and gives a new one the usual", async () => {
    const directory = await project({ "a.nix": generated("a.nix", "old") });
    const file = join(directory, "a.nix");
    await chmod(file, 0o604);
    if (process.getuid?.() === 0) await chown(file, 1234, 5678);
    const { uid, gid } = await stat(file);
    await writeFiles(rendering({ "a.nix": "new", "b/b.nix": "new" }), directory);
    const after = await stat(file);
    expect([after.mode & 0o7777, after.uid, after.gid]).toEqual([0o604, uid, gid]);
    const umask = process.umask();
    expect((await stat(join(directory, "b/b.nix"))).mode & 0o7777).toBe(0o666 & ~umask);
    expect((await stat(join(directory, "b"))).mode & 0o7777).toBe(0o777 & ~umask);
  });

  it("removes what a killed process has left, and nothing of a running one", async () => {
    const directory = await project();
    const dead = spawnSync("true").pid;
    const name = (pid: number) => `.forage-${pid}-${randomUUID()}.tmp`;
    const [left, running] = [name(dead), name(process.pid)];
    await addFiles(directory, { [left]: "half", [running]: "half", ".forage-x.tmp": "other" });
    await writeFiles(rendering({ "a.nix": "{ }" }), directory);
    expect(Object.keys(await everything(directory))).toEqual(
      [running, ".forage-x.tmp", "a.nix"].toSorted(),
    );
  });

  it("replaces a file in one step", async () => {
    const directory = await project();
    const texts = ["a", "b"].map((body) => rendering({ "x.nix": body.repeat(300_000) }));
    const complete = new Set(texts.map(({ files }) => files.get("x.nix")));
    let writing = true;
    const write = async () => {
      for (let round = 0; round < 100; round++)
        for (const outputs of texts) await writeFiles(outputs, directory);
      writing = false;
    };
    const read = async () => {
      let reads = 0;
      for (; writing; reads++)
        expect(complete.has(await readFile(join(directory, "x.nix"), "utf8"))).toBe(true);
      return reads;
    };
    for (const outputs of texts) await writeFiles(outputs, directory);
    const [, reads] = await Promise.all([write(), read()]);
    expect(reads).toBeGreaterThan(20);
    expect(Object.keys(await everything(directory))).toEqual(["x.nix"]);
  });
});

describe("a file that forage-nix did not generate", () => {
  it.each(["{ }\n", "", `\n${generated("a.nix")}`, "\xff"])("stays: %j", async (text) => {
    const directory = await project({ "a.nix": text });
    const outputs = rendering({ "new/b.nix": "{ }", "a.nix": "{ }" });
    expect(await refusal(outputs, directory)).toBe(
      "a.nix is there, and forage-nix did not generate it\n  rename it, or overwrite it with `forage render --force`",
    );
    expect(await writeFiles(outputs, directory, { force: true })).toEqual([
      { path: "new/b.nix", change: "created" },
      { path: "a.nix", change: "changed" },
    ]);
    expect(await readFile(join(directory, "a.nix"), "utf8")).toBe(generated("a.nix"));
  });

  it("is no obstacle when it is equal, or has other line ends than it had", async () => {
    const files = new Map([["flake.nix", "{ }\n"]]);
    const directory = await project({ "flake.nix": "{ }\n", "a.nix": "" });
    expect(await writeFiles({ configFile: "c.ts", files }, directory)).toEqual([
      { path: "flake.nix", change: "unchanged" },
    ]);
    await addFiles(directory, { "a.nix": generated("a.nix").replaceAll("\n", "\r\n") });
    expect(await writeFiles(rendering({ "a.nix": "{ }" }), directory)).toEqual([
      { path: "a.nix", change: "changed" },
    ]);
  });
});

describe("obstacles", () => {
  it("are told all at once", async () => {
    const directory = await project({
      "directory.nix/x": "",
      file: "",
      "foreign.nix": "{ }",
      "good.nix": generated("good.nix", "old"),
    });
    execFileSync("mkfifo", [join(directory, "pipe.nix")]);
    await symlink("circle.nix", join(directory, "circle.nix"));
    const long = `${"x".repeat(300)}.nix`;
    const bodies = ["new/new.nix", "good.nix", "directory.nix", "file/a/b.nix", "foreign.nix"];
    const odd = ["pipe.nix", "circle.nix", long];
    const outputs = rendering(Object.fromEntries([...bodies, ...odd].map((path) => [path, "new"])));
    const error = await failure(writeFiles(outputs, directory));
    expect(error.diagnostics.map(({ message, hint }) => `${message} / ${hint}`)).toEqual([
      "directory.nix cannot be written: it is a directory / move it away, or choose another path",
      "file/a/b.nix cannot be written: what would be its directory is a file / move what is in the way, or choose another path",
      "foreign.nix is there, and forage-nix did not generate it / rename it, or overwrite it with `forage render --force`",
      "pipe.nix cannot be written: it is no regular file / move it away, or choose another path",
      "circle.nix cannot be written: its links lead in a circle / remove a link",
      `${long} cannot be written: its name is too long / choose a shorter one`,
    ]);
    const forced = await failure(writeFiles(outputs, directory, { force: true }));
    expect(forced.diagnostics).toHaveLength(5);
    expect(await readFile(join(directory, "good.nix"), "utf8")).toBe(generated("good.nix", "old"));
    await expect(stat(join(directory, "new"))).rejects.toThrow("ENOENT");
  });

  it.each(["../a.nix", "a/../../a.nix", "/a.nix", "", ".", "..", "a/", "./a.nix", "a//b", "a\0"])(
    "include the path %j",
    async (path) => {
      const directory = await project();
      const files = new Map([[path, "{ }"]]);
      const message = await refusal({ configFile: "c.ts", files }, directory, { force: true });
      expect(message).toMatch(/ is no path of a file in the project: .*\n {2}choose one such as/);
    },
  );

  it("include the configuration, and outputs of which one would be the other's directory", async () => {
    const directory = await project({ "forage.config.ts": "export default {};" });
    await symlink("forage.config.ts", join(directory, "a.nix"));
    const itself = rendering({
      "forage.config.ts": "",
      "a.nix": "",
      "b.nix/c/d.nix": "",
      "b.nix": "",
    });
    expect((await refusal(itself, directory, { force: true })).split("\n")).toEqual([
      "forage.config.ts cannot be written: it is the configuration itself",
      "  choose another path",
      "a.nix cannot be written: it is the configuration itself",
      "  choose another path",
      "b.nix/c/d.nix cannot be written: its directory is to be a file, the output b.nix",
      "  choose another path",
    ]);
  });

  it("include a directory that is none", async () => {
    const directory = await project({ file: "" });
    const message = async (at: string) =>
      (await failure(writeFiles(rendering({}), join(directory, at)))).message;
    expect(await message("none")).toMatch(/none cannot be used: there is no such file\n/);
    expect(await message("file")).toMatch(/file cannot be used: it is no directory\n/);
  });

  it("include permissions", async () => {
    const directory = await project({
      "read-only/a.nix": generated("read-only/a.nix", "old"),
      "read-only/same.nix": generated("read-only/same.nix"),
      "read-only/stale.nix": generated("read-only/stale.nix"),
      "closed/a.nix": generated("closed/a.nix"),
      "mode.nix": generated("mode.nix", "old"),
      "secret.nix": generated("secret.nix"),
    });
    const paths = ["read-only/a.nix", "read-only/same.nix", "read-only/new/deep/b.nix"];
    const others = ["closed/a.nix", "mode.nix", "secret.nix", "good.nix"];
    if (process.getuid?.() === 0)
      for (const path of ["", "read-only", "closed", ...Object.keys(await everything(directory))])
        await chown(join(directory, path), NOBODY, NOBODY);
    await chmod(join(directory, "read-only"), 0o555);
    await chmod(join(directory, "closed"), 0);
    await chmod(join(directory, "mode.nix"), 0o444);
    await chmod(join(directory, "secret.nix"), 0);
    const outputs = rendering(
      Object.fromEntries([...paths, ...others].map((path) => [path, "{ }"])),
    );
    const { code, message } = await asNobody("writeFiles", outputs, directory, {
      options: { prune: true },
    });
    await chmod(join(directory, "read-only"), 0o755);
    await chmod(join(directory, "closed"), 0o755);
    expect([code, message?.split("\n").filter((line) => !line.startsWith(" "))]).toEqual([
      "file",
      [
        "read-only/a.nix cannot be written: permission denied",
        "read-only/new/deep/b.nix cannot be written: permission denied",
        "closed/a.nix cannot be written: permission denied",
        "mode.nix cannot be written: permission denied",
        "secret.nix cannot be written: permission denied",
        "read-only/stale.nix cannot be removed: permission denied",
      ],
    ]);
    await expect(stat(join(directory, "good.nix"))).rejects.toThrow("ENOENT");
  });
});

describe("links", () => {
  it("are written through while they stay in the project", async () => {
    const directory = await project({
      "real/a.nix": generated("nix/a.nix", "old"),
      "nix/b-real.nix": generated("nix/b.nix", "old"),
    });
    await symlink("b-real.nix", join(directory, "nix/b.nix"));
    await symlink(join(directory, "real"), join(directory, "linked"));
    await symlink(directory, `${directory}-link`);
    const outputs = rendering({ "linked/a.nix": "1", "nix/b.nix": "2", "linked/c/d.nix": "3" });
    const written = await writeFiles(outputs, `${directory}-link`, { prune: true });
    expect(written.map(({ change }) => change)).toEqual(["changed", "changed", "created"]);
    expect(await everything(directory)).toEqual({
      linked: `-> ${directory}/real`,
      "nix/": "",
      "nix/b-real.nix": generated("nix/b.nix", "2"),
      "nix/b.nix": "-> b-real.nix",
      "real/": "",
      "real/a.nix": generated("linked/a.nix", "1"),
      "real/c/": "",
      "real/c/d.nix": generated("linked/c/d.nix", "3"),
    });
  });

  it("are refused that lead out of it, nowhere, or to another output", async () => {
    const outside = await project({ "a.nix": generated("a.nix", "old") });
    const directory = await project({ "one.nix": generated("one.nix", "old") });
    await symlink(join(outside, "a.nix"), join(directory, "a.nix"));
    await symlink(outside, join(directory, "out"));
    await symlink("gone", join(directory, "gone.nix"));
    await symlink("gone", join(directory, "gone-too"));
    await symlink("one.nix", join(directory, "two.nix"));
    const bodies = ["a.nix", "out/b.nix", "out/a.nix", "gone.nix", "gone-too/a.nix", "one.nix"];
    const outputs = rendering(
      Object.fromEntries([...bodies, "two.nix"].map((path) => [path, "new"])),
    );
    const message = await refusal(outputs, directory, { force: true });
    expect(message.split("\n").filter((line) => !line.startsWith(" "))).toEqual([
      `a.nix cannot be written: a link on its way leads out of the project, to ${outside}/a.nix`,
      `out/b.nix cannot be written: a link on its way leads out of the project, to ${outside}/b.nix`,
      `out/a.nix cannot be written: a link on its way leads out of the project, to ${outside}/a.nix`,
      "gone.nix cannot be written: gone.nix is a link to what is not there",
      "gone-too/a.nix cannot be written: gone-too is a link to what is not there",
      "two.nix cannot be written: it is the same file as the output one.nix",
    ]);
    expect(await everything(outside)).toEqual({ "a.nix": generated("a.nix", "old") });
  });
});

describe("prune", () => {
  it("removes stale files, and the directories that they leave empty", async () => {
    const directory = await project({
      "old/deep/a.nix": generated("old/deep/a.nix"),
      "kept/a.nix": generated("kept/a.nix"),
      "kept/notes": "",
      "nix/b.nix": generated("nix/b.nix"),
      "foreign.nix": "{ }",
    });
    await mkdir(join(directory, "empty"));
    const outputs = rendering({ "nix/a.nix": "{ }" });
    expect(await writeFiles(outputs, directory)).toEqual([
      { path: "nix/a.nix", change: "created" },
    ]);
    expect(await writeFiles(outputs, directory, { prune: true })).toEqual([
      { path: "nix/a.nix", change: "unchanged" },
      { path: "kept/a.nix", change: "removed" },
      { path: "nix/b.nix", change: "removed" },
      { path: "old/deep/a.nix", change: "removed" },
    ]);
    expect(await everything(directory)).toEqual({
      "empty/": "",
      "foreign.nix": "{ }",
      "kept/": "",
      "kept/notes": "",
      "nix/": "",
      "nix/a.nix": generated("nix/a.nix"),
    });
  });

  it("removes the last file, but not the project's directory", async () => {
    const directory = await project({ "a.nix": generated("a.nix") });
    expect(await writeFiles(rendering({}), directory, { prune: true })).toEqual([
      { path: "a.nix", change: "removed" },
    ]);
    expect(await everything(directory)).toEqual({});
  });

  it("removes nothing while anything stands in the way", async () => {
    const directory = await project({ "a.nix": "{ }", "old.nix": generated("old.nix") });
    await refusal(rendering({ "a.nix": "{ }" }), directory, { prune: true });
  });
});

describe("a failure of the system", () => {
  it("before the first file is in place changes nothing", async () => {
    const directory = await project({
      "a.nix": generated("a.nix", "old"),
      "old.nix": generated("old.nix"),
    });
    if (process.getuid?.() === 0)
      for (const path of ["", "a.nix", "old.nix"])
        await chown(join(directory, path), NOBODY, NOBODY);
    const before = await everything(directory);
    const outputs = rendering({
      "a.nix": "new",
      "b/c/d.nix": "new",
      "e/large.nix": "x".repeat(100_000),
      "f.nix": "new",
    });
    const { code, message } = await asNobody("writeFiles", outputs, directory, {
      options: { prune: true },
      limits: "ulimit -f 16",
    });
    expect([code, message]).toEqual([
      "file",
      "e/large.nix cannot be changed: it would be larger than a file may be; no file was changed\n  raise the limit",
    ]);
    expect(await everything(directory)).toEqual(before);
  });

  it("after that says what has changed, and leaves nothing half done", async () => {
    const directory = await project({ "b.nix/x": "", "old.nix": "" });
    const at = (path: string) => ({ path, target: join(directory, path) });
    const put = (path: string) => ({ ...at(path), bytes: Buffer.from(path), directories: [] });
    const made = (path: string) => ({ ...put(path), directories: [join(directory, "new")] });
    const error = await failure(
      applyChanges({
        root: directory,
        placements: [put("a.nix"), put("b.nix"), made("new/c.nix")],
        removals: [at("old.nix")],
      }),
    );
    expect(error.message).toBe(
      "b.nix cannot be changed: it is a directory; changed before that: a.nix; left as they were: b.nix, new/c.nix, old.nix\n  move what is in the way, or choose another path",
    );
    expect(error.cause).toMatchObject({ code: "EISDIR" });
    expect(await everything(directory)).toEqual({
      "a.nix": "a.nix",
      "b.nix/": "",
      "b.nix/x": "",
      "old.nix": "",
    });
  });
});
