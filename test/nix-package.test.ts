import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { useNix } from "./support/nix.ts";
import { evalFlake } from "./support/nixos.ts";
import { needs } from "./support/tools.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What nix/package.nix takes from nixpkgs, as far as it uses it. */
const nixpkgs = (runCommand: string, nodejs: string) => `{
  lib = {
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    last = list: builtins.elemAt list (builtins.length list - 1);
    splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);
    inherit (builtins) mapAttrs replaceStrings;
    optionalAttrs = condition: set: if condition then set else { };
    fetchers.proxyImpureEnvVars = [ "https_proxy" ];
    fileset = { toSource = { fileset, ... }: fileset; unions = map toString; };
    licenses.mit = "mit";
  };
  cacert = "cacert";
  nodejs = "${nodejs}";
  runCommand = ${runCommand};
  importNpmLock.npmConfigHook = "hook";
  buildNpmPackage = args: args;
}`;

/** Returns what it was given, also where its store path would stand. */
const GIVEN = `name: attrs: text: { outPath = builtins.toJSON { inherit name attrs text; }; }`;

/** Runs on this machine, with the programs of its inputs before those of PATH. */
const RUN = `name: attrs: text: derivation ({
  inherit name;
  system = builtins.currentSystem;
  builder = "/bin/sh";
  args = [ "-ec" text ];
  PATH = builtins.concatStringsSep ":" (
    map (input: "\${input}/bin") (attrs.nativeBuildInputs or [ ]) ++ [ (builtins.getEnv "PATH") ]
  );
} // attrs)`;

/** An npm that packs nothing but the name that it was given. */
const NPM = `#!/bin/sh
test "$1" = pack && test -w "$HOME" || exit 1
for spec; do :; done
printf %s "$spec" >packed.tgz
`;

const sri = (text: string) => `sha512-${createHash("sha512").update(text).digest("base64")}`;

type Lock = Record<string, Readonly<Record<string, string | boolean>>>;

const LOCK: Lock = {
  "": {},
  "node_modules/@scope/one": { version: "1.0.0", integrity: sri("@scope/one@1.0.0") },
  "node_modules/alias": {
    name: "@other/two",
    version: "2.0.0-rc.1",
    integrity: sri("@other/two@2.0.0-rc.1"),
  },
  "node_modules/alias/node_modules/one": { version: "3.0.0", integrity: sri("one@3.0.0") },
  "node_modules/alias/node_modules/inside": { version: "4.0.0", inBundle: true },
};

needs("nix-build", "nix-instantiate")("nix/package.nix", () => {
  const nix = useNix();

  /** The patched package.json and package-lock.json of a project with these packages. */
  async function npmDeps(packages: Lock) {
    const directory = await mkdtemp(join(nix().directory, "package-"));
    const inside = (path: string) => join(directory, path);
    await mkdir(inside("nodejs/bin"), { recursive: true });
    await writeFile(inside("nodejs/bin/npm"), NPM, { mode: 0o755 });
    await cp(fromRoot("nix/package.nix"), inside("nix/package.nix"));
    const manifest = {
      name: "project",
      version: "0.0.0",
      dependencies: { alias: "npm:@other/two@^2.0.0-0" },
      devDependencies: { "@scope/one": "^1.0.0" },
    };
    await writeFile(inside("package.json"), JSON.stringify(manifest));
    await writeFile(inside("package-lock.json"), JSON.stringify({ packages }));
    await writeFile(
      inside("deps.nix"),
      `(import ./nix/package.nix ${nixpkgs(RUN, inside("nodejs"))}).npmDeps`,
    );
    const built = await nix().build(inside("deps.nix"));
    const read = async (file: string) => JSON.parse(await readFile(join(built, file), "utf8"));
    return { manifest: await read("package.json"), lock: await read("package-lock.json") };
  }

  it("asks npm for every package that the lock file names, and has its hash", async () => {
    const [built] = (await nix().evalJson([
      `import "${fromRoot("nix/package.nix")}" ${nixpkgs(GIVEN, "nodejs")}`,
    ])) as [Record<string, unknown> & { npmDeps: string }];
    const deps = JSON.parse(built.npmDeps).attrs;
    const { packages } = JSON.parse(deps.packageLock);
    const lock = JSON.parse(readFileSync(fromRoot("package-lock.json"), "utf8"));
    const entries = Object.entries<Record<string, string>>(lock.packages).filter(([path]) => path);
    for (const [path, entry] of entries) {
      const { resolved, ...rest } = packages[path];
      expect(rest).toEqual(entry);
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const tarball = JSON.parse(resolved.slice("file:".length));
      expect(tarball).toMatchObject({
        name: `${name.replace("@", "").replace("/", "-")}-${entry["version"]}.tgz`,
        attrs: {
          nativeBuildInputs: ["cacert", "nodejs"],
          impureEnvVars: ["https_proxy"],
          outputHash: entry["integrity"],
          outputHashMode: "flat",
        },
      });
      expect(tarball.text).toContain(` "${name}@${entry["version"]}"\n`);
    }
    const manifest = JSON.parse(deps.package);
    for (const dependencies of [manifest.dependencies, manifest.devDependencies])
      for (const [name, from] of Object.entries(dependencies))
        expect(from).toBe(packages[`node_modules/${name}`].resolved);
    for (const file of ["lib", "tsconfig.build.json", "README.md"])
      expect(built["src"]).toContain(fromRoot(file));
    expect(built).toMatchObject({ pname: "forage-nix", npmConfigHook: "hook" });
    expect(built["meta"]).toEqual({
      description: manifest.description,
      license: "mit",
      mainProgram: Object.keys(manifest.bin)[0],
    });
  });

  it("has what npm packs where npm installs from", async () => {
    const { manifest, lock } = await npmDeps(LOCK);
    const packed = async (resolved: string) => {
      expect(resolved).toMatch(/^file:\/.*\.tgz$/);
      return readFile(resolved.slice("file:".length), "utf8");
    };
    const { "": root, ...packages } = lock.packages;
    expect(root).toEqual({});
    const { "node_modules/alias/node_modules/inside": inside, ...fetched } = packages;
    expect(inside).toEqual(LOCK["node_modules/alias/node_modules/inside"]);
    const specs = Object.entries<Record<string, string>>(fetched).map(
      async ([path, { resolved = "" }]) => [path, await packed(resolved)],
    );
    expect(Object.fromEntries(await Promise.all(specs))).toEqual({
      "node_modules/@scope/one": "@scope/one@1.0.0",
      "node_modules/alias": "@other/two@2.0.0-rc.1",
      "node_modules/alias/node_modules/one": "one@3.0.0",
    });
    expect(manifest.dependencies).toEqual({ alias: packages["node_modules/alias"].resolved });
    expect(manifest.devDependencies).toEqual({
      "@scope/one": packages["node_modules/@scope/one"].resolved,
    });
  });

  it.each([
    ["name", "@scope/other"],
    ["version", "1.0.1"],
    ["integrity", sri("@scope/one@1.0.1")],
  ])("refuses a package whose %s is another", async (field, other) => {
    const path = "node_modules/@scope/one";
    const wrong = { ...LOCK, [path]: { ...LOCK[path], [field]: other } };
    await expect(npmDeps(wrong)).rejects.toThrow("hash mismatch in fixed-output derivation");
  });
});

needs("nix")("flake.nix", () => {
  const nix = useNix();

  it("has a package, a shell and checks for each system, and an overlay", async () => {
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
    const overlay = "overlay: builtins.attrNames (overlay { } { })";
    expect(await evalFlake(nix(), directory, "overlays.default", { apply: overlay })).toEqual([
      "forage-nix",
    ]);
  });
});
