import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { defineConfig, renderNixosModule } from "../../lib/index.ts";
import { apply, type Nix, raw, ref, str } from "../../lib/nix/index.ts";
import { goldenFile } from "../support/golden.ts";
import { useNix } from "../support/nix.ts";
import {
  checkFlake,
  evalFlake,
  evalNixosModule,
  evalPackages,
  type ModuleOptions,
  nixpkgsLib,
} from "../support/nixos.ts";
import { needs } from "../support/tools.ts";

const OFFLINE_PKGS = fileURLToPath(new URL("../../nix/offline-pkgs.nix", import.meta.url));
const golden = (name: string) => readFileSync(goldenFile(name), "utf8");

/** What the team's configuration has from nixpkgs, and from elsewhere. */
const PACKAGES = ["git", "python3Packages.requests", "ollama"];
const INPUTS = `{
  llm-agents.packages.\${builtins.currentSystem}.codex =
    (import ${OFFLINE_PKGS} { }).standIn "codex" "codex";
  home-manager.nixosModules.default.environment.variables.FROM_INPUT = "yes";
}`;
const TEAM: ModuleOptions = {
  packages: PACKAGES,
  secrets: true,
  modules: ["{ sops.secrets.anthropic-api-key = { }; }"],
  specialArgs: `{ inputs = ${INPUTS}; }`,
};
const REVIEW = '{ environment.variables.FROM_FILE = "yes"; }';

const NAMES = "map (package: package.name)";
const CONTAINERS = `config: builtins.mapAttrs (_: container: {
  inherit (container) autoStart ephemeral privateNetwork hostAddress localAddress;
  mounts = builtins.mapAttrs (_: mount: [ mount.hostPath mount.isReadOnly ]) container.bindMounts;
  packages = ${NAMES} container.config.environment.systemPackages;
  inherit (container.config.environment) variables;
  inherit (container.config.system) stateVersion;
  users = builtins.mapAttrs (_: user: [ user.uid user.group user.isNormalUser ]) container.config.users.users;
  groups = builtins.mapAttrs (_: group: group.gid) container.config.users.groups;
}) config.containers`;

needs("nix", "nix-instantiate")(`rendered Nix (${nixpkgsLib})`, () => {
  const nix = useNix();

  /** Files beside each other, with the module that a template of the team imports. */
  async function directoryOf(files: Readonly<Record<string, string>>): Promise<string> {
    const directory = await mkdtemp(join(nix().directory, "rendered-"));
    for (const [name, text] of Object.entries({ "review.nix": REVIEW, ...files })) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    return directory;
  }

  async function evaluate(text: string, select: string, options = TEAM): Promise<unknown> {
    const directory = await directoryOf({ "module.nix": text });
    return evalNixosModule(nix(), join(directory, "module.nix"), select, options);
  }

  it("parses, every golden file of it", async () => {
    const files = readdirSync(dirname(goldenFile("x"))).filter((file) => file.endsWith(".nix"));
    const texts = files.map((file) => golden(file.slice(0, -".nix".length)));
    expect(await nix().parse(texts)).toHaveLength(files.length);
    console.log(`${files.length} golden files parse`);
  });

  describe("a host's module", () => {
    it("has each sandbox's container", async () => {
      const agent = {
        users: { agent: [1000, "agent", true] },
        groups: { agent: 1000, users: 100 },
      };
      const everyday = {
        ...agent,
        ephemeral: true,
        privateNetwork: true,
        packages: ["claude", "aider", "git-stand-in", "requests-stand-in"],
        stateVersion: expect.stringMatching(/^\d\d\.\d\d$/),
        variables: {},
      };
      expect(await evaluate(golden("nixos-module"), CONTAINERS)).toEqual({
        alice: {
          ...everyday,
          autoStart: false,
          hostAddress: "10.233.194.169",
          localAddress: "10.233.194.170",
          mounts: {
            "/run/secrets": ["/run/forage-secrets/alice", true],
            "/workspace": ["/srv/alice", false],
          },
        },
        bob: {
          ...everyday,
          autoStart: true,
          hostAddress: "192.168.7.1",
          localAddress: "192.168.7.2",
          mounts: {
            "/run/secrets": ["/run/forage-secrets/bob", true],
            "/workspace": ["/srv/bob", false],
            "/home/agent/.config/aider": ["/srv/aider", false],
          },
        },
        ci: {
          users: { reviewer: [1100, "reviewer", true] },
          groups: { reviewer: 1100, users: 100 },
          autoStart: false,
          ephemeral: false,
          privateNetwork: true,
          hostAddress: null,
          localAddress: null,
          mounts: {
            "/run/agent-secrets": ["/run/forage-secrets/ci", true],
            "/srv/review": ["/srv/ci", false],
            "/srv/mirror": ["/var/lib/mirror", true],
          },
          packages: ["codex"],
          stateVersion: "25.11",
          variables: { FROM_FILE: "yes", FROM_INPUT: "yes" },
        },
        scratch: {
          ...everyday,
          autoStart: false,
          privateNetwork: false,
          hostAddress: null,
          localAddress: null,
          mounts: {},
          packages: ["ollama"],
        },
      });
    });

    it("has a unit for the secrets of each sandbox that has any", async () => {
      const units = (await evaluate(
        golden("nixos-module"),
        `config: builtins.mapAttrs (_: unit: {
          inherit (unit) before requiredBy partOf restartIfChanged unitConfig serviceConfig postStop script;
        }) (removeAttrs config.systemd.services (builtins.filter (name: builtins.match "forage-.*" name == null) (builtins.attrNames config.systemd.services)))`,
      )) as Record<string, Record<string, unknown>>;
      expect(Object.keys(units)).toEqual(
        ["alice", "bob", "ci"].map((name) => `forage-secrets-${name}`),
      );
      for (const [name, unit] of Object.entries(units)) {
        const sandbox = name.slice("forage-secrets-".length);
        const container = [`container@${sandbox}.service`];
        expect(unit).toMatchObject({
          before: container,
          requiredBy: container,
          partOf: container,
          unitConfig: { StopWhenUnneeded: true },
          restartIfChanged: false,
          serviceConfig: { Type: "oneshot", RemainAfterExit: true },
          postStop: expect.stringMatching(`^rm -rf -- /run/forage-secrets/${sandbox}\\n?$`),
        });
      }
      const copies = (name: string) =>
        String(units[name]?.["script"]).match(/^(?:copy_secret .*|owner=.*)$/gm);
      expect(copies("forage-secrets-alice")).toEqual([
        "owner=1000",
        "copy_secret anthropic /run/secrets/anthropic-api-key",
        "copy_secret openai /run/agenix/openai",
      ]);
      // Only what its agents name.
      expect(copies("forage-secrets-ci")).toEqual([
        "owner=1100",
        "copy_secret github /run/agenix/github",
        "copy_secret openai /run/agenix/openai",
      ]);
    });

    it("shares the host's way to the internet with the sandboxes that have a link", async () => {
      expect(
        await evaluate(
          golden("nixos-module-nat"),
          "config: { inherit (config.networking.nat) enable externalInterface internalInterfaces; }",
        ),
      ).toEqual({
        enable: true,
        externalInterface: "eth0",
        internalInterfaces: ["ve-alice", "ve-bob"],
      });
    });

    it("allows the unfree packages of a template by name, and no others", async () => {
      const select = CONTAINERS;
      const others = golden("nixos-module").replace('"claude-code"', '"other"');
      await expect(evaluate(others, select)).rejects.toThrow(/claude-code. has an unfree license/);
      const two = { ...TEAM, unfree: ["claude-code", "git"] };
      await expect(evaluate(golden("nixos-module"), select, two)).rejects.toThrow(
        /git. has an unfree license/,
      );
    });

    it("leads to the template that is wrong", async () => {
      const text = golden("nixos-module").replace("isNormalUser = true", "isNormalUser = 1");
      await expect(evaluate(text, CONTAINERS)).rejects.toThrow(/module\.nix#templates\.default/);
    });

    it.each([
      ["nixos-module-one-sandbox", ["alice"]],
      ["nixos-module-no-secrets", ["scratch"]],
      ["nixos-module-no-sandboxes", []],
      ["container", ["alice"]],
      ["container-with-mounts", ["bob"]],
      ["container-without-network", ["ci"]],
      ["container-on-host-network", ["scratch"]],
    ])("evaluates: %s", async (name, sandboxes) => {
      const found = await evaluate(golden(name), CONTAINERS);
      expect(Object.keys(found as object)).toEqual(sandboxes);
    });

    it("puts into a container what it says of it alone", async () => {
      const both = (await evaluate(golden("nixos-module"), CONTAINERS)) as Record<string, unknown>;
      for (const [name, sandbox] of Object.entries({
        "container-with-mounts": "bob",
        "container-without-network": "ci",
        "container-on-host-network": "scratch",
      }))
        expect(await evaluate(golden(name), CONTAINERS)).toEqual({ [sandbox]: both[sandbox] });
    });
  });

  describe("a secret's path that is known only to Nix", () => {
    const host = (secret: Nix) =>
      renderNixosModule(
        defineConfig({
          secrets: { key: secret },
          templates: { default: { agents: { a: { package: "git", secrets: { KEY: "key" } } } } },
          sandboxes: { box: { template: "default" } },
        }),
      );
    const script = "config: config.systemd.services.forage-secrets-box.script";

    it.each<[what: string, secret: Nix]>([
      ["of sops-nix", ref("config", "sops", "secrets", "anthropic-api-key", "path")],
      ["put together", str`${ref("config", "age", "secretsDir")}/key`],
    ])("may be one %s", async (_, secret) => {
      expect(await evaluate(host(secret), script)).toMatch(/\ncopy_secret key \/run\/\S+\n/);
    });

    it("cannot be a file of the store, a path literal or the secret itself", async () => {
      const directory = await directoryOf({ "key.txt": "sk-not-to-be-seen" });
      const file = join(directory, "key.txt");
      for (const secret of [
        str`${ref("builtins", "storeDir")}/x`,
        raw`./key.txt`,
        raw`./. + "/key.txt"`,
        apply(ref("builtins", "readFile"), file),
        str`relative/${ref("config", "networking", "hostName")}`,
        ref("null"),
      ]) {
        await writeFile(join(directory, "module.nix"), host(secret));
        const evaluated = evalNixosModule(nix(), join(directory, "module.nix"), script, TEAM);
        await expect(evaluated).rejects.toThrow(
          /the secret key is no path of a file outside of the Nix store/,
        );
        await expect(evaluated).rejects.not.toThrow(/sk-not-to-be-seen/);
      }
    });
  });

  it("a template's module leaves a system's own stateVersion alone", async () => {
    const own = {
      ...TEAM,
      modules: [...(TEAM.modules ?? []), '{ system.stateVersion = "20.03"; }'],
    };
    for (const name of ["template", "template-with-everything"])
      expect(await evaluate(golden(name), "config: config.system.stateVersion", own)).toBe("20.03");
  });

  it("gives the user the directories above a mount in the home directory", async () => {
    expect(
      await evaluate(
        golden("container-with-mounts"),
        "config: config.containers.bob.config.system.activationScripts",
      ),
    ).toEqual({
      roomForMounts: { deps: ["users"], text: "install -d -o agent -g agent /home/agent/.config" },
    });
  });

  it("extra-container's module hooks into the containers' own units", async () => {
    const units = await evaluate(
      golden("extra-container"),
      `config: { inherit (config.systemd.services."container@alice") preStart postStop; }`,
    );
    expect(units).toEqual({
      preStart: expect.stringContaining("\ncopy_secret anthropic /run/secrets/anthropic-api-key\n"),
      postStop: expect.stringContaining("rm -rf -- /run/forage-secrets/alice"),
    });
  });

  it.each(["template", "template-with-everything"])("a template's module: %s", async (name) => {
    const select = `config: ${NAMES} config.environment.systemPackages`;
    expect(await evaluate(golden(name), select)).toEqual([
      name === "template" ? "claude" : "codex",
    ]);
  });

  describe("packages", () => {
    const options = { packages: PACKAGES, unfree: [] };
    const all = {
      claude: "claude",
      aider: "aider",
      "review-codex": "codex",
      "local-ollama": "ollama",
    };

    it("for callPackages", async () => {
      const directory = await directoryOf({ "packages.nix": golden("packages") });
      const names = await evalPackages(
        nix(),
        `nixpkgs: let pkgs = nixpkgs { }; in builtins.mapAttrs (_: package: package.name) (removeAttrs
          (pkgs.callPackage ${directory}/packages.nix { inputs = ${INPUTS}; })
          [ "override" "overrideDerivation" ])`,
        options,
      );
      expect(names).toEqual(all);
    });

    it("as an overlay", async () => {
      const directory = await directoryOf({
        "overlay.nix": golden("overlay"),
        "of-inputs.nix": golden("overlay-of-inputs"),
      });
      const names = await evalPackages(
        nix(),
        `nixpkgs: map (overlay: builtins.mapAttrs (_: package: package.name) (nixpkgs { overlays = [ overlay ]; }).forage)
          [ (import ${directory}/overlay.nix) (import ${directory}/of-inputs.nix { inputs = ${INPUTS}; }) ]`,
        options,
      );
      const { claude, aider } = all;
      expect(names).toEqual([{ claude, aider }, all]);
    });

    it("of an overlay are made of what later overlays change", async () => {
      const directory = await directoryOf({ "overlay.nix": golden("overlay") });
      const reads = await evalPackages(
        nix(),
        `nixpkgs: let pkgs = nixpkgs { overlays = [
            (import ${directory}/overlay.nix)
            (final: prev: { aider-chat = prev.aider-chat // { meta.mainProgram = "later"; }; })
          ]; }; in builtins.match ".*/bin/later .*" pkgs.forage.aider.text != null`,
        options,
      );
      expect(reads).toBe(true);
    });
  });

  describe("flakes", () => {
    const options = { packages: PACKAGES };
    const systems = ["aarch64-linux", "x86_64-linux"];

    /** Directories in the place of inputs; one is no flake. */
    async function inputFlakes() {
      const system = (outputs: string) => `{ outputs = _: ${outputs}; }`;
      const codex = `(import ./offline-pkgs.nix { system = "x86_64-linux"; }).standIn "codex" "codex"`;
      return {
        "llm-agents": await directoryOf({
          "flake.nix": `{ inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable"; outputs = _: { packages.x86_64-linux.codex = ${codex}; }; }`,
          "offline-pkgs.nix": readFileSync(OFFLINE_PKGS, "utf8"),
        }),
        site: await directoryOf({}),
        "home-manager": await directoryOf({
          "flake.nix": system('{ nixosModules.default.environment.variables.FROM_INPUT = "yes"; }'),
        }),
      };
    }

    it("a plain one has packages, an overlay and modules", async () => {
      const directory = await directoryOf({ "flake.nix": golden("flake") });
      await checkFlake(nix(), directory, options);
      const built = expect.stringMatching(/-claude$/);
      expect(await evalFlake(nix(), directory, "packages", options)).toEqual(
        Object.fromEntries(systems.map((system) => [system, { claude: built }])),
      );
      const modules = { ...options, apply: "builtins.attrNames" };
      expect(await evalFlake(nix(), directory, "nixosModules", modules)).toEqual([
        "sandboxes",
        "template-default",
      ]);
      expect(await evalFlake(nix(), directory, "overlays", modules)).toEqual(["default"]);
    });

    it("a plain one may have other inputs", async () => {
      const directory = await directoryOf({ "flake.nix": golden("flake-with-inputs") });
      const withInputs = { ...options, overrides: await inputFlakes() };
      await checkFlake(nix(), directory, withInputs);
      expect(await evalFlake(nix(), directory, "packages", withInputs)).toEqual({
        "x86_64-linux": {
          claude: expect.stringMatching(/-claude$/),
          aider: expect.stringMatching(/-aider$/),
          "review-codex": expect.stringMatching(/-codex$/),
        },
      });
      const description = readFileSync(join(directory, "flake.nix"), "utf8").match(
        /description = .*/,
      );
      expect(description?.[0]).toBe('description = "The \\${team}\'s agents";');
    });

    it("a module of flake-parts brings packages, and modules for a host", async () => {
      const directory = await directoryOf({
        "agents.nix": golden("flake-module"),
        "flake.nix": `{
          inputs = {
            flake-parts.url = "github:hercules-ci/flake-parts";
            nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
            llm-agents.url = "github:numtide/llm-agents.nix";
            home-manager.url = "github:nix-community/home-manager";
          };
          outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
            imports = [ ./agents.nix ];
            systems = [ "x86_64-linux" ];
            flake.nixosConfigurations.host = inputs.nixpkgs.lib.nixosSystem {
              system = "x86_64-linux";
              modules = [
                inputs.nixpkgs.nixosModules.secrets
                inputs.self.nixosModules.sandboxes
                { sops.secrets.anthropic-api-key = { }; }
              ];
            };
          };
        }`,
      });
      const { site, ...overrides } = await inputFlakes();
      const withInputs = { ...options, overrides };
      await checkFlake(nix(), directory, withInputs);
      expect(await evalFlake(nix(), directory, "packages", withInputs)).toEqual({
        "x86_64-linux": {
          claude: expect.stringMatching(/-claude$/),
          aider: expect.stringMatching(/-aider$/),
          "review-codex": expect.stringMatching(/-codex$/),
          "local-ollama": expect.stringMatching(/-ollama$/),
        },
      });
      const containers = await evalFlake(
        nix(),
        directory,
        "nixosConfigurations.host.config.containers",
        {
          ...withInputs,
          apply: `builtins.mapAttrs (_: container: ${NAMES} container.config.environment.systemPackages)`,
        },
      );
      expect(containers).toEqual({
        alice: ["aider", "claude", "git-stand-in", "requests-stand-in"],
        bob: ["aider", "claude", "git-stand-in", "requests-stand-in"],
        ci: ["codex"],
        scratch: ["ollama"],
      });
      expect(
        await evalFlake(nix(), directory, "nixosModules", {
          ...withInputs,
          apply: "builtins.attrNames",
        }),
      ).toEqual(["sandboxes", "template-default", "template-local", "template-review"]);
    });
  });
});
