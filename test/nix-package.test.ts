import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { useNix } from "./support/nix.ts";
import { evalFlake } from "./support/nixos.ts";
import { needs } from "./support/tools.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What nix/package.nix takes from nixpkgs, each returning what it was given. */
const ARGUMENTS = `{
  lib = {
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    last = list: builtins.elemAt list (builtins.length list - 1);
    splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);
    inherit (builtins) mapAttrs;
    optionalAttrs = condition: set: if condition then set else { };
    fileset = { toSource = { fileset, ... }: fileset; unions = map toString; };
    licenses.mit = "mit";
  };
  fetchurl = { url, hash }: "<\${url} \${hash}>";
  runCommand = _: args: _: args;
  importNpmLock.npmConfigHook = "hook";
  buildNpmPackage = args: args;
}`;

needs("nix-instantiate")("nix/package.nix", () => {
  const nix = useNix();

  it("finds the tarball of every package that the lock file names", async () => {
    const [built] = (await nix().evalJson([
      `import "${fromRoot("nix/package.nix")}" ${ARGUMENTS}`,
    ])) as [{ src: string[]; npmDeps: { package: string; packageLock: string } }];
    const lock = JSON.parse(readFileSync(fromRoot("package-lock.json"), "utf8"));
    const resolved = JSON.parse(built.npmDeps.packageLock);
    const entries = Object.entries<Record<string, string>>(lock.packages).filter(([path]) => path);
    for (const [path, { version, integrity }] of entries) {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const file = `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
      expect(resolved.packages[path].resolved).toBe(
        `file:<mirror://npm/${name}/-/${file} ${integrity}>`,
      );
    }
    const manifest = JSON.parse(built.npmDeps.package);
    for (const dependencies of [manifest.dependencies, manifest.devDependencies])
      for (const [name, from] of Object.entries(dependencies))
        expect(from).toBe(resolved.packages[`node_modules/${name}`].resolved);
    for (const file of ["lib", "tsconfig.build.json", "README.md"])
      expect(built.src).toContain(fromRoot(file));
  });
});

needs("nix")("flake.nix", () => {
  const nix = useNix();

  it("has a package, a shell and checks for each system", async () => {
    const directory = await mkdtemp(join(nix().directory, "flake-"));
    for (const path of ["flake.nix", "nix", "examples", "test/golden"]) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await cp(fromRoot(path), join(directory, path), { recursive: true });
    }
    const names = (attribute: string) =>
      evalFlake(nix(), directory, attribute, {
        apply: "systems: builtins.mapAttrs (_: outputs: builtins.attrNames outputs) systems",
      });
    const systems = ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"];
    const each = (found: readonly string[]) =>
      Object.fromEntries(systems.map((system) => [system, found]));
    expect(await names("packages")).toEqual(each(["default"]));
    expect(await names("devShells")).toEqual(each(["default"]));
    expect(await names("checks")).toEqual(each(["nixfmt", "package"]));
  });
});
