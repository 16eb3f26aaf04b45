import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, it } from "vitest";
import { useNix } from "./support/nix.ts";
import { needs } from "./support/tools.ts";

const FILE = fileURLToPath(new URL("../nix/offline-pkgs.nix", import.meta.url));

needs("nix-build", "nix-instantiate")("nix/offline-pkgs.nix", () => {
  const nix = useNix();
  const within = (expression: string) => `with import "${FILE}" { }; ${expression}`;
  const evaluate = async (expression: string) => (await nix().evalJson([within(expression)]))[0];

  async function build(expression: string): Promise<string> {
    const file = join(nix().directory, `${Math.random()}.nix`);
    await writeFile(file, within(expression));
    return nix().build(file);
  }

  it("has Nixpkgs' writeShellScriptBin", async () => {
    const built = await build('writeShellScriptBin "hello" "echo hello\\n"');
    const program = join(built, "bin/hello");
    expect((await stat(program)).mode & 0o7777).toBe(0o555);
    expect(await readFile(program, "utf8")).toMatch(/^#!\/\S+\/bash\necho hello\n\n$/);
    expect((await execa(program)).stdout).toBe("hello");
  });

  it("has Nixpkgs' writeShellScript", async () => {
    const built = await build('writeShellScript "hello" "echo hello"');
    expect((await execa(built)).stdout).toBe("hello");
  });

  it("builds no script that bash cannot read", async () => {
    await expect(build('writeShellScriptBin "broken" "if"')).rejects.toThrow(/syntax error/);
  });

  it("finds a package's program", async () => {
    expect(
      await evaluate(`map baseNameOf [
        (lib.getExe claude-code)
        (lib.getExe aider-chat)
        (lib.getExe (writeShellScriptBin "hello" ""))
        (lib.getExe (writeText "no-main-program-1.0" ""))
        (lib.getExe' aider-chat "other")
      ]`),
    ).toEqual(["claude", "aider", "hello", "no-main-program", "other"]);
  });

  it.each([
    ['lib.getExe "aider"', /first argument is of type string/],
    ["lib.getExe' aider-chat 1", /second argument is of type int/],
    ['lib.getExe\' aider-chat "bin/aider"', /nested path/],
  ])("refuses %s as Nixpkgs does", async (expression, message) => {
    await expect(evaluate(expression)).rejects.toThrow(message);
  });
});
