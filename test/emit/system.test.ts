import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sandboxSystem } from "../../lib/emit/system.ts";
import { type Config, defineConfig } from "../../lib/index.ts";
import { path, str } from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { evalNixosModule } from "../support/nixos.ts";
import { needs } from "../support/tools.ts";

function systemOf(imports: readonly unknown[], directory: string) {
  const config = defineConfig({
    templates: { default: { agents: { ollama: { package: "ollama" } }, imports } },
    sandboxes: { web: { template: "default" } },
  } as never) as unknown as Config;
  const sandbox = config.sandboxes["web"];
  if (sandbox === undefined) throw new Error("it is there");
  return sandboxSystem(config, "web", sandbox, directory);
}

needs("nix-instantiate")("the module of a sandbox's system", () => {
  const nix = useNix();

  it("finds what stands beside the configuration, wherever that is", async () => {
    const directory = join(nix().directory, "a b $x '\" ü");
    await mkdir(join(directory, "in"), { recursive: true });
    const text = (name: string) => `{ networking.firewall.extraCommands = "${name}"; }`;
    await writeFile(join(directory, "one.nix"), text("one"));
    await writeFile(join(directory, "in/two.nix"), text("two"));
    await writeFile(join(directory, "three.nix"), text("three"));
    const { module } = systemOf(
      ["./one.nix", path("./in/", str`two`, ".nix"), "../a b/three.nix"]
        .slice(0, 2)
        .concat("./in/../three.nix"),
      directory,
    );
    const found = await evalNixosModule(
      nix(),
      `(${module})`,
      "config: config.networking.firewall.extraCommands",
      { packages: ["ollama"] },
    );
    expect(String(found).split("\n").toSorted()).toEqual(["one", "three", "two"]);
  });

  it("is one that nothing has to be given to", async () => {
    const { module } = systemOf([], "/");
    expect(module).toMatch(
      /^# Written by `forage up`.*\n\{ lib, pkgs, \.\.\. \}:\n\{\n {2}_class = "nixos";/,
    );
  });
});

describe("a path in a definition", () => {
  it("that is absolute, or looked up, stays", () => {
    const { module } = systemOf([path("/srv/x.nix")], "/srv/project");
    expect(module).toContain("imports = [ /srv/x.nix ];");
  });
});
