import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { apply, attrs, fn, indented, pkgs, printNix, ref } from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { runWrapper } from "../support/run-wrapper.ts";
import { needs } from "../support/tools.ts";
import { trace } from "../support/trace.ts";
import { type BuiltWrappers, buildWrapperFile, mountPoint } from "../support/wrapper.ts";

const KEY = "key-of-the-careless-wrappers";
const AGENT = apply(ref("lib", "getExe"), pkgs("claude-code"));

// What the other tests of wrappers look at, seen to go wrong in wrappers as one might write them in a hurry.
needs("nix-build", "strace")("a careless wrapper", () => {
  const nix = useNix();
  let built: BuiltWrappers;

  beforeAll(async () => {
    const secrets = await mountPoint(nix());
    await writeFile(join(secrets, "key"), `${KEY}\n`);
    const wrapper = (name: string, before: string, after: string) =>
      apply(ref("pkgs", "writeShellScriptBin"), name, indented(before, AGENT, after));
    const read = `"$(cat ${secrets}/key)"`;
    const wrappers = {
      unquoted: wrapper("unquoted", `export API_KEY=${read}\nexec `, " $@\n"),
      child: wrapper("child", `export API_KEY=${read}\n`, ' "$@"\n'),
      commandLine: wrapper("commandLine", `exec env API_KEY=${read} `, ' "$@"\n'),
      missing: wrapper("missing", `export API_KEY="$(cat ${secrets}/none)"\nexec `, ' "$@"\n'),
      variable: wrapper("variable", `value=${read}\nexport API_KEY="$value"\nexec `, ' "$@"\n'),
    };
    built = await buildWrapperFile(nix(), printNix(fn(["pkgs", "lib", "..."], attrs(wrappers))));
  });

  it("that splits arguments is noticed", async () => {
    const { agent } = await runWrapper(built.script("unquoted"), ["two words", ""]);
    expect(agent?.args).toEqual(["two", "words"]);
  });

  it("that traces its secret is noticed", async () => {
    const { stderr } = await runWrapper(built.script("child"), [], {
      env: { SHELLOPTS: "xtrace" },
    });
    expect(stderr).toContain(KEY);
  });

  it("that stays beside its agent is noticed", async () => {
    const { agent, pid, status, signal } = await runWrapper(built.script("child"), [], {
      env: { STAND_IN_SIGNAL: "SIGTERM" },
    });
    expect(agent?.pid).not.toBe(pid);
    expect([status, signal]).toEqual([143, undefined]);
    expect(await trace(nix().directory, [built.script("child")])).toMatchObject({
      execve: 3,
      clone: 2,
    });
  });

  it("that puts its secret on a command line is noticed", async () => {
    const { calls } = await trace(nix().directory, [built.script("commandLine")]);
    expect(calls).toContain(KEY);
  });

  it("that hides a missing file is noticed", async () => {
    const { agent, status, stderr } = await runWrapper(built.script("missing"));
    expect([agent?.env["API_KEY"], status]).toEqual(["", 0]);
    expect(stderr).toMatch(/No such file/);
  });

  it("that changes the caller's variables is noticed", async () => {
    const { agent } = await runWrapper(built.script("variable"), [], { env: { value: "mine" } });
    expect(agent?.env["value"]).toBe(KEY);
  });
});
