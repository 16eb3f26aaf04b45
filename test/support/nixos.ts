import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PrivateNix } from "./nix.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const NIXOS = fromRoot("test/support/nixos");

/** A library as nixpkgs' `lib`, to evaluate with. */
export interface Lib {
  readonly name: "real nixpkgs lib" | "stand-in";
  /** What to import. */
  readonly path: string;
}

/** NIXPKGS_LIB, or what `<nixpkgs/lib>` is; nothing is fetched for it. */
function realLib(): string | undefined {
  const { NIXPKGS_LIB, NIX_PATH = "" } = process.env;
  if (NIXPKGS_LIB) return resolve(NIXPKGS_LIB);
  return NIX_PATH.split(delimiter)
    .filter((entry) => entry !== "")
    .map((entry) =>
      entry.startsWith("nixpkgs=")
        ? join(entry.slice("nixpkgs=".length), "lib")
        : join(entry, "nixpkgs/lib"),
    )
    .find((path) => isAbsolute(path) && existsSync(path));
}

const real = realLib();

/** The libraries that this machine has: the stand-in, and real nixpkgs' where it is there. */
export const libs: readonly Lib[] = [
  { name: "stand-in", path: join(NIXOS, "lib.nix") },
  ...(real === undefined ? [] : [{ name: "real nixpkgs lib", path: real } as const]),
];

const used = libs.at(-1) as Lib;

/** Which library modules are evaluated with, to tell in the names of tests. */
export const nixpkgsLib: Lib["name"] = used.name;

/** Packages that are there, beside those of nix/offline-pkgs.nix. */
interface Packages {
  /** Such as `git` or `python3Packages.requests` @default [] */
  readonly packages?: readonly string[];
  /** Those that are refused unless the configuration allows them @default ["claude-code"] */
  readonly unfree?: readonly string[];
}

export interface ModuleOptions extends Packages {
  /** Other modules, in the same way @default [] */
  readonly modules?: readonly string[];
  /** What else all modules get as arguments, in Nix @default "{ }" */
  readonly specialArgs?: string;
  /** Whether sops-nix' and agenix' options are there @default false */
  readonly secrets?: boolean;
  /** Whether to evaluate all that a machine is built from, which needs that assertions hold @default true */
  readonly whole?: boolean;
  readonly lib?: Lib;
}

/**
 * A NixOS module's configuration, evaluated over stand-ins for NixOS' options.
 *
 * @param module a Nix expression, which the path of a file is too
 * @param select a function in Nix from the configuration to what is returned
 */
export async function evalNixosModule(
  nix: PrivateNix,
  module: string,
  select: string,
  options: ModuleOptions = {},
): Promise<unknown> {
  const [value] = await evalNixosModules(nix, [module], select, options);
  return value;
}

/** The same of several, each by itself, in one process. */
export async function evalNixosModules(
  nix: PrivateNix,
  modules: readonly string[],
  select: string,
  options: ModuleOptions = {},
): Promise<unknown[]> {
  const selected = modules.map((module) => selection(nix, module, select, options));
  return nix.evalJson(await Promise.all(selected));
}

/** The same, where the derivations in what is returned are built, and their store paths are in their place. */
export async function buildNixosModule(
  nix: PrivateNix,
  module: string,
  select: string,
  options: ModuleOptions = {},
): Promise<unknown> {
  const selected = await selection(nix, module, select, options);
  return buildJson(nix, `nixpkgs: ${selected}`, options);
}

async function selection(
  nix: PrivateNix,
  module: string,
  select: string,
  options: ModuleOptions,
): Promise<string> {
  const { modules = [], specialArgs = "{ }", secrets = false, whole = true, lib = used } = options;
  const all = [module, ...modules, ...(secrets ? [`${NIXOS}/secrets-options.nix`] : [])].map(
    (one) => (isAbsolute(one) && existsSync(one) ? JSON.stringify(one) : `(${one})`),
  );
  return `let
      lib = import "${lib.path}";
      nixpkgs = import "${await nixpkgsFor(nix, options, lib)}";
      evalConfig = import "${NIXOS}/eval-config.nix" { inherit lib nixpkgs; };
      inherit (evalConfig { modules = [ ${all.join(" ")} ]; specialArgs = ${specialArgs}; }) config;
    in
    builtins.seq ${whole ? "config.system.build.toplevel.drvPath" : "null"} ((${select}) config)`;
}

/**
 * What is made of packages.
 *
 * @param use a function in Nix, from what `import nixpkgs` is to what is returned
 */
export async function evalPackages(
  nix: PrivateNix,
  use: string,
  packages: Packages = {},
): Promise<unknown> {
  const nixpkgs = await nixpkgsFor(nix, packages, used);
  const [value] = await nix.evalJson([`(${use}) (import "${nixpkgs}")`]);
  return value;
}

/** The same, where the derivations in what is returned are built, and their store paths are in their place. */
export async function buildPackages(
  nix: PrivateNix,
  use: string,
  packages: Packages = {},
): Promise<unknown> {
  return buildJson(nix, use, packages);
}

async function buildJson(nix: PrivateNix, use: string, packages: Packages): Promise<unknown> {
  const nixpkgs = await nixpkgsFor(nix, packages, used);
  const file = join(nixpkgs, "built.nix");
  await writeFile(
    file,
    `let nixpkgs = import ${nixpkgs}; in
    (nixpkgs { }).writeText "built.json" (builtins.toJSON ((${use}) nixpkgs))`,
  );
  return JSON.parse(await readFile(await nix.build(file), "utf8")) as unknown;
}

export interface FlakeOptions extends Packages {
  /** Directories of flakes that take the place of other inputs than nixpkgs and flake-parts @default {} */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** A flake's output as JSON, by `nix eval`; its inputs are stand-ins. */
export async function evalFlake(
  nix: PrivateNix,
  directory: string,
  attribute: string,
  { apply, ...options }: FlakeOptions & { /** A function in Nix */ readonly apply?: string } = {},
): Promise<unknown> {
  const json = await nix.run("nix", [
    "eval",
    "--json",
    ...(await flakeArgs(nix, options)),
    ...(apply === undefined ? [] : ["--apply", apply]),
    `path:${directory}#${attribute}`,
  ]);
  return JSON.parse(json) as unknown;
}

/** Runs `nix flake check`, which throws what it finds; the flake's inputs are stand-ins. */
export async function checkFlake(
  nix: PrivateNix,
  directory: string,
  options: FlakeOptions = {},
): Promise<void> {
  await nix.run("nix", ["flake", "check", ...(await flakeArgs(nix, options)), `path:${directory}`]);
}

async function flakeArgs(
  nix: PrivateNix,
  { overrides = {}, ...packages }: FlakeOptions,
): Promise<string[]> {
  const nixpkgs = await nixpkgsFor(nix, packages);
  const inputs = {
    nixpkgs,
    "flake-parts": join(nixpkgs, "test/support/nixos/flake-parts"),
    "flake-parts/nixpkgs-lib": real ?? nixpkgs,
    ...Object.fromEntries(Object.keys(overrides).map((name) => [`${name}/nixpkgs`, nixpkgs])),
    ...overrides,
  };
  return [
    ["--extra-experimental-features", "nix-command flakes"],
    ["--option", "flake-registry", ""],
    ["--offline", "--no-write-lock-file"],
    ...Object.entries(inputs).map(([name, path]) => ["--override-input", name, `path:${path}`]),
  ].flat();
}

/**
 * A directory with what stands in for nixpkgs: to import, and as a flake, which cannot reach for files outside of it. So
 * that has no other lib than the stand-in.
 */
async function nixpkgsFor(
  nix: PrivateNix,
  { packages = [], unfree = ["claude-code"] }: Packages,
  lib?: Lib,
): Promise<string> {
  const directory = await mkdtemp(join(nix.directory, "nixpkgs-"));
  const args = [
    "path = ./.;",
    `extra = ${list(packages)};`,
    `unfree = ${list(unfree)};`,
    ...(lib === undefined ? [] : [`lib = import "${lib.path}";`]),
    ...(existsSync("/bin/bash") ? ['bash = "/bin/bash";'] : []),
  ].join(" ");
  await Promise.all([
    cp(fromRoot("nix/offline-pkgs.nix"), join(directory, "nix/offline-pkgs.nix")),
    cp(NIXOS, join(directory, "test/support/nixos"), { recursive: true }),
    writeFile(
      join(directory, "default.nix"),
      `args: import ./test/support/nixos/nixpkgs ({ ${args} } // args)`,
    ),
    writeFile(
      join(directory, "flake.nix"),
      "{ outputs = inputs: (import ./test/support/nixos/nixpkgs/flake.nix).outputs inputs; }",
    ),
  ]);
  return directory;
}

function list(names: readonly string[]): string {
  return `[ ${names.map((name) => JSON.stringify(name)).join(" ")} ]`;
}
