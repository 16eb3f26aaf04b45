import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { withDir } from "tmp-promise";
import { expect, it } from "vitest";
import { needs } from "./support/tools.ts";

const DEMO = fileURLToPath(new URL("../examples/two-agents/demo.js", import.meta.url));

/** Runs the demo on the built package, as `npm run demo` does, and looks at what it leaves behind. */
function demo(env: Readonly<Record<string, string>> = {}) {
  return withDir(
    async ({ path }) => {
      const ran = await execa(process.execPath, [DEMO], {
        env: { TMPDIR: path, ...env },
        reject: false,
      });
      return { ...ran, left: await readdir(path) };
    },
    { unsafeCleanup: true },
  );
}

needs("nix-build")("the demo", () => {
  it("shows what it promises in fewer than 25 lines, and leaves nothing behind", async () => {
    const { exitCode, stdout, stderr, left } = await demo();
    expect(stdout, stderr).toMatch(/claude = pkgs.writeShellScriptBin/);
    expect(stdout.match(/✓/g)).toHaveLength(7);
    expect(stdout).not.toMatch(/✗|sk-demo/);
    expect(stdout).not.toContain("\u001b");
    expect(stdout.split("\n").length).toBeLessThan(25);
    expect([exitCode, left]).toEqual([0, []]);
  });
});

it("the demo says how to get Nix where that is missing", async () => {
  await withDir(
    async ({ path }) => {
      const { stdout: chmod } = await execa("sh", ["-c", "command -v chmod"]);
      await symlink(chmod, join(path, "chmod"));
      const { exitCode, stdout, left } = await demo({ PATH: path });
      expect(stdout).toMatch(/apt-get install nix-bin\n.*nixos\.org/);
      expect([exitCode, left]).toEqual([1, []]);
    },
    { unsafeCleanup: true },
  );
});
