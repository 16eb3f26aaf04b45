import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import ciGolden from "../examples/ci-golden/forage.config.ts";
import hostModule from "../examples/host-module/forage.config.ts";
import noNetwork from "../examples/no-network/forage.config.ts";
import teamFlake from "../examples/team-flake/forage.config.ts";
import twoAgents from "../examples/two-agents/forage.config.ts";
import { catalogue, renderOutputs } from "../lib/index.ts";
import { forage } from "./support/forage.ts";
import { type PrivateNix, useNix } from "./support/nix.ts";
import {
  buildNixosModule,
  buildPackages,
  checkFlake,
  evalFlake,
  evalNixosModule,
  nixpkgsLib,
} from "./support/nixos.ts";
import { temporaryDirectory } from "./support/temporary.ts";
import { needs } from "./support/tools.ts";

const EXAMPLES = fileURLToPath(new URL("../examples", import.meta.url));
const CONFIGS = {
  "ci-golden": ciGolden,
  "host-module": hostModule,
  "no-network": noNetwork,
  "team-flake": teamFlake,
  "two-agents": twoAgents,
};
const temporary = temporaryDirectory();

async function copyOf(example: string): Promise<string> {
  const directory = await mkdtemp(join(temporary(), "example-"));
  await cp(join(EXAMPLES, example), directory, { recursive: true });
  return directory;
}

it("every example with a configuration is tested here", () => {
  const found = readdirSync(EXAMPLES).filter((name) =>
    existsSync(join(EXAMPLES, name, "forage.config.ts")),
  );
  expect(found).toEqual(Object.keys(CONFIGS));
});

describe.each(Object.entries(CONFIGS))("examples/%s", (name, config) => {
  const files = [...renderOutputs(config as typeof teamFlake).files.keys()];

  it("is what its definition gives", async () => {
    expect(await forage(["check"], join(EXAMPLES, name))).toMatchObject({ status: 0, out: "" });
  });

  it.each(files)("shows a diff when one byte of %s is another", async (file) => {
    const directory = await copyOf(name);
    const text = await readFile(join(directory, file), "utf8");
    await writeFile(
      join(directory, file),
      text.replace("writeShellScriptBin", "writeShellScriptBon"),
    );
    const { status, out, err } = await forage(["check"], directory);
    expect(status).toBe(1);
    expect(out).toContain(`--- a/${file}\n+++ b/${file}\n@@ `);
    expect(out).toMatch(/^-.*writeShellScriptBon/m);
    expect(out).toMatch(/^\+.*writeShellScriptBin/m);
    expect(err).toContain("forage render");
    expect((await forage(["render"], directory)).status).toBe(0);
    expect(await readFile(join(directory, file), "utf8")).toBe(text);
  });
});

it("examples/nix-language is what its script prints", async () => {
  const script = join(EXAMPLES, "nix-language/sites.ts");
  const env = {
    JITI_ALIAS: JSON.stringify({
      "forage-nix/nix": fileURLToPath(new URL("../lib/nix/index.ts", import.meta.url)),
    }),
    JITI_FS_CACHE: "false",
  };
  const { stdout } = await execa("npx", ["jiti", script], { env, stripFinalNewline: false });
  expect(stdout).toBe(readFileSync(join(EXAMPLES, "nix-language/sites.nix"), "utf8"));
});

/** Stand-ins for all packages that examples have, under nixpkgs' names. */
const AGENTS = Object.values(catalogue).map((entry) => entry.package);
const unfree = Object.values(catalogue).flatMap((entry) => (entry.unfree ? [entry.package] : []));
const options = {
  packages: [
    "forage-nix",
    "git",
    "ripgrep",
    "nodejs",
    "gh",
    ...AGENTS.filter((name) => !["claude-code", "aider-chat"].includes(name)),
  ],
  unfree,
};

/** Starts each wrapper, as far as the stand-in for its agent. */
async function expectToRun(wrappers: readonly string[], names: readonly string[]): Promise<void> {
  expect(wrappers.map((path) => path.slice(path.indexOf("-", path.lastIndexOf("/")) + 1))).toEqual(
    names,
  );
  for (const [index, path] of wrappers.entries()) {
    const { stdout } = await execa(join(path, "bin", names[index] ?? ""), ["it's", "$HOME"], {
      reject: false,
    });
    expect(stdout).toMatch(/^argument 'it'\\''s'\nargument '\$HOME'$/m);
  }
}

needs(
  "nix",
  "nix-build",
  "nix-instantiate",
)(`examples (${nixpkgsLib})`, () => {
  const nix = useNix();

  it("host-module is a host with two containers, whose wrappers run", async () => {
    const file = join(EXAMPLES, "host-module/configuration.nix");
    const select = `config: builtins.mapAttrs (_: container:
      builtins.filter (package: package.name != "git-stand-in") container.config.environment.systemPackages) config.containers`;
    const built = (await buildNixosModule(nix(), file, select, {
      ...options,
    })) as Record<string, string[]>;
    expect(Object.keys(built)).toEqual(["scratch", "website"]);
    for (const wrappers of Object.values(built)) await expectToRun(wrappers, ["claude", "gemini"]);
  });

  it("no-network is a host with a bridge, and a container without a network or a secret", async () => {
    const file = join(EXAMPLES, "no-network/configuration.nix");
    const select = `config: {
      inherit (config.containers.website) bindMounts privateNetwork hostAddress;
      sockets = builtins.attrNames config.systemd.sockets;
      services = builtins.filter (name: builtins.match "forage-.*" name != null) (builtins.attrNames config.systemd.services);
      wrappers = builtins.filter (package: builtins.elem package.name [ "claude" "codex" ]) config.containers.website.config.environment.systemPackages;
    }`;
    const { wrappers, ...host } = (await buildNixosModule(nix(), file, select, {
      ...options,
    })) as { readonly wrappers: string[] };
    expect(host).toMatchObject({
      bindMounts: { "/run/forage-bridge": { hostPath: "/run/forage-bridge/website" } },
      privateNetwork: true,
      hostAddress: null,
      sockets: ["forage-bridge-website"],
      services: ["forage-bridge", "forage-bridge-secrets"],
    });
    expect(Object.keys((host as Record<string, object>)["bindMounts"] ?? {})).toEqual([
      "/run/forage-bridge",
      "/workspace",
    ]);
    await expectToRun(wrappers, ["claude", "codex"]);
  });

  it("ci-golden's package set and overlay have the same wrappers, which run", async () => {
    const directory = join(EXAMPLES, "ci-golden/nix");
    const use = (packages: string) =>
      `nixpkgs: let inherit (${packages}) claude opencode; in [ claude opencode ]`;
    for (const packages of [
      `(nixpkgs { config.allowUnfree = true; }).callPackage ${directory}/packages.nix { }`,
      `(nixpkgs { config.allowUnfree = true; overlays = [ (import ${directory}/overlay.nix) ]; }).forage`,
    ])
      await expectToRun((await buildPackages(nix(), use(packages), options)) as string[], [
        "claude",
        "opencode",
      ]);
  });

  it("team-flake is a flake with packages, and a host with all sandboxes", async () => {
    const directory = await copyOf("team-flake");
    const overrides = { "sops-nix": await secretsFlake(nix()) };
    await checkFlake(nix(), directory, { ...options, overrides });
    expect(await evalFlake(nix(), directory, "packages", { ...options, overrides })).toEqual({
      "x86_64-linux": {
        claude: expect.stringMatching(/-claude$/),
        aider: expect.stringMatching(/-aider$/),
        "review-claude": expect.stringMatching(/-claude$/),
      },
    });
    const containers = await evalFlake(
      nix(),
      directory,
      "nixosConfigurations.forge.config.containers",
      { ...options, overrides, apply: "builtins.mapAttrs (_: container: container.autoStart)" },
    );
    expect(containers).toEqual({ alice: false, bob: false, review: true });
  });

  it("nix-language is a module", async () => {
    const value = await evalNixosModule(
      nix(),
      join(EXAMPLES, "nix-language/sites.nix"),
      "config: { inherit (config.services.nginx) enable; inherit (config.security.acme.defaults) email; }",
      { ...options, modules: [SERVICES] },
    );
    expect(value).toEqual({ enable: true, email: "ops@example.org" });
  });
});

/** Options that examples set and the stand-ins have not. */
const anything = (names: readonly string[]) =>
  `{ lib, ... }: { options = { ${names.map((name) => `${name} = lib.mkOption { type = lib.types.anything; default = { }; };`).join(" ")} }; }`;
const SERVICES = `{ imports = [ (${anything(["services.nginx", "security.acme", "networking.domain"])}) ]; config.networking.domain = "example.org"; }`;

/** In sops-nix' place: the options of the stand-ins. */
async function secretsFlake(nix: PrivateNix): Promise<string> {
  const directory = await mkdtemp(join(nix.directory, "sops-"));
  await writeFile(
    join(directory, "flake.nix"),
    `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
      outputs = { nixpkgs, ... }: { nixosModules.sops.imports = [ nixpkgs.nixosModules.secrets (${anything(["fileSystems", "boot.loader", "sops.age", "sops.defaultSopsFile"])}) ]; };
    }`,
  );
  return directory;
}
