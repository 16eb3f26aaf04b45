import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import {
  bridgeSetup,
  type Config,
  defineConfig,
  grantOf,
  renderBridgeModule,
  renderContainer,
  renderNixosModule,
  renderOutputs,
  renderTemplate,
} from "../../lib/index.ts";
import { useNix } from "../support/nix.ts";
import { buildNixosModule, evalNixosModule, type ModuleOptions } from "../support/nixos.ts";
import { refusals } from "../support/refusals.ts";
import { bridge, bridged, small } from "../support/team.ts";
import { needs } from "../support/tools.ts";
import { type Unit, unitText } from "../support/units.ts";

const DIRECTORY = "/srv/project";
const HOST: ModuleOptions = {
  packages: ["git", "codex", "forage-nix"],
  secrets: true,
  modules: ["{ sops.secrets.github-token = { }; }"],
};
const START = "config: config.systemd.services.forage-bridge.serviceConfig.ExecStart";
const UNITS = `config: {
  services = removeAttrs config.systemd.services (builtins.filter (name: builtins.match "forage-bridge.*" name == null) (builtins.attrNames config.systemd.services));
  inherit (config.systemd) sockets;
}`;

interface Units {
  readonly services: Readonly<Record<string, Unit & { readonly script: string }>>;
  readonly sockets: Readonly<Record<string, Unit>>;
}

describe("what a bridge is told", () => {
  it("are the credentials, and who may use them", () => {
    const setup = bridgeSetup(
      defineConfig({
        secrets: { anthropic: "/run/secrets/anthropic", token: "/run/secrets/token" },
        bridge: {
          credentials: {
            git: { provider: "github-git", secret: "token" },
            unused: { provider: "openai", command: ["/bin/token"] },
          },
          limits: { dollarsPerDay: 5 },
          hooks: "./hooks/all.ts",
        },
        templates: {
          default: {
            auth: "bridge",
            agents: {
              a: { package: "a", secrets: { ANTHROPIC_API_KEY: "anthropic" } },
              b: { package: "b", secrets: { ANTHROPIC_API_KEY: "anthropic" } },
            },
            bridge: { credentials: ["git"] },
          },
          limited: {
            auth: "bridge",
            agents: {},
            bridge: { limits: { requestsPerMinute: 1 }, policy: { models: ["x"] } },
          },
          trusted: { agents: { a: { package: "a", secrets: { OPENAI_API_KEY: "token" } } } },
        },
        sandboxes: {
          alice: { template: "default" },
          bob: { template: "limited" },
          carol: { template: "trusted" },
        },
      }),
      { directory: DIRECTORY },
    );
    const { credentials, sandboxes, ...rest } = JSON.parse(JSON.stringify(setup));
    expect(Object.keys(credentials)).toEqual(["anthropic", "git", "unused"]);
    expect(credentials.anthropic).toMatchObject({
      provider: { upstream: "https://api.anthropic.com", header: "x-api-key" },
      source: { file: "/run/secrets/anthropic" },
      policy: {},
      limits: {},
    });
    expect(credentials.git.source).toEqual({ file: "/run/secrets/token" });
    expect(credentials.unused.source).toEqual({ command: ["/bin/token"], lifetimeSeconds: 300 });
    expect(sandboxes).toEqual({
      alice: { credentials: ["anthropic", "git"], policy: {}, limits: { dollarsPerDay: 5 } },
      bob: { credentials: [], policy: { models: ["x"] }, limits: { requestsPerMinute: 1 } },
    });
    expect(rest).toMatchObject({ version: 1, hooks: "/srv/project/hooks/all.ts", workers: 1 });
  });

  it("is enough for some sandboxes, and no more", () => {
    const { credentials, sandboxes } = bridgeSetup(
      defineConfig({
        secrets: { anthropic: "/a", openai: "/o" },
        templates: {
          a: { auth: "bridge", agents: { a: key("ANTHROPIC_API_KEY", "anthropic") } },
          o: { auth: "bridge", agents: { o: key("OPENAI_API_KEY", "openai") } },
        },
        sandboxes: { one: { template: "a" }, two: { template: "o" } },
      }),
      { directory: DIRECTORY, sandboxes: ["two"] },
    );
    expect(Object.keys(credentials)).toEqual(["openai"]);
    expect(Object.keys(sandboxes)).toEqual(["two"]);
  });

  it("names what systemd hands over", () => {
    const { credentials, tcp } = bridgeSetup(bridge, { directory: DIRECTORY, files: "name" });
    expect(credentials["claude"]?.source).toEqual({ file: "anthropic" });
    expect(tcp?.clients["laptop"]?.tokenFile).toBe("client.laptop");
  });

  it("cannot be a path that only Nix knows", () => {
    const setup = () => bridgeSetup(bridged, { directory: DIRECTORY });
    expect(refusals(setup, "definition")).toEqual([
      expect.objectContaining({
        path: ["secrets", "github"],
        message: expect.stringContaining("its path comes from a NixOS configuration"),
      }),
    ]);
  });

  it("of a sandbox that is not there yet is what its template grants", () => {
    expect(grantOf(bridged, "default")).toEqual({
      credentials: ["anthropic", "git", "openai"],
      policy: {},
      limits: { requestsPerMinute: 60, dollarsPerDay: 20 },
    });
    expect(grantOf(bridge, "default")).toMatchObject({
      credentials: ["claude", "gateway"],
      policy: { removeHeaders: ["x-trace"] },
      limits: {},
    });
    expect(grantOf(small, "default").credentials).toEqual([]);
  });
});

function key(variable: string, secret: string) {
  return { package: "x", secrets: { [variable]: secret } } as const;
}

describe("a rendering", () => {
  it("finds the hooks from where it lies", () => {
    const config = defineConfig({
      ...bridge,
      sandboxes: { alice: { template: "default" } },
      outputs: {
        "here.nix": "bridge-module",
        "nix/deep/there.nix": "nixos-module",
        "flake.nix": "flake",
      },
    } as never);
    const { files } = renderOutputs(config, "config/forage.config.ts");
    expect(files.get("here.nix")).toContain('hooks = "${./config/hooks.ts}"');
    expect(files.get("nix/deep/there.nix")).toContain('hooks = "${../../config/hooks.ts}"');
    expect(files.get("flake.nix")).toContain('hooks = "${./config/hooks.ts}"');
  });

  it("says nothing of a bridge that nobody asks", () => {
    expect(renderNixosModule(bridged, { sandboxes: ["carol"] })).not.toContain("bridge");
  });

  it("of a template knows git only with its configuration", () => {
    expect(renderTemplate(bridged.templates.default)).not.toContain("programs.git");
  });

  it("tells git by what a credential is for, not by its name", () => {
    const text = renderTemplate(
      ...gitlab({ upstream: "https://gitlab.example.org", allow: ["POST /*/*/git-upload-pack"] }),
    );
    expect(text).toContain('"http://127.0.0.1:7878/forge/".insteadOf = [');
    expect(text).toContain('"https://gitlab.example.org/"');
    expect(text).toContain('"git@gitlab.example.org:"');
    expect(
      renderTemplate(...gitlab({ upstream: "https://api.example.org", allow: ["GET /**"] })),
    ).not.toContain("programs.git");
  });
});

function gitlab(at: { readonly upstream: string; readonly allow: readonly string[] }) {
  const provider = { ...at, header: "authorization", scheme: "Basic", format: "plain" } as const;
  const config = defineConfig({
    secrets: { forge: "/run/secrets/forge" },
    bridge: { credentials: { forge: { provider } } },
    templates: {
      default: {
        auth: "bridge",
        agents: { local: { package: "ollama" } },
        bridge: { credentials: ["forge"] },
      },
    },
  });
  return [config.templates.default, config] as const;
}

needs("nix-build", "nix-instantiate")("a host with a bridge", () => {
  const nix = useNix();
  let units: Units;

  beforeAll(async () => {
    units = (await buildNixosModule(nix(), renderNixosModule(bridged), UNITS, HOST)) as Units;
  });

  it.each<[what: string, text: string, config: Config]>([
    ["of a host's module", renderNixosModule(bridged), bridged as never],
    ["of a module of its own", renderBridgeModule(bridge), bridge as never],
  ])("is told the same as a bridge without Nix: %s", async (_, text, config) => {
    const directory = await mkdtemp(join(nix().directory, "host-"));
    await writeFile(join(directory, "hooks.ts"), "export {};\n");
    await writeFile(join(directory, "module.nix"), text);
    const start = await buildNixosModule(nix(), join(directory, "module.nix"), START, HOST);
    const [, file = ""] = /^\S+ bridge run --setup (\S+)$/.exec(String(start)) ?? [];
    const setup = JSON.parse(await readFile(file, "utf8"));
    const { hooks, ...expected } = bridgeSetup(config, { directory: DIRECTORY, files: "name" });
    if (hooks !== undefined) {
      expect(await readFile(setup.hooks, "utf8")).toBe("export {};\n");
      delete setup.hooks;
    }
    expect(setup).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it("has a socket for each sandbox that asks, and holds it open before its container starts", () => {
    expect(Object.keys(units.sockets)).toEqual(["forage-bridge-alice", "forage-bridge-bob"]);
    expect(units.sockets["forage-bridge-bob"]).toMatchObject({
      before: ["container@bob.service"],
      wantedBy: ["sockets.target", "container@bob.service"],
      listenStreams: ["/run/forage-bridge/bob/bridge.sock"],
      socketConfig: {
        FileDescriptorName: "bob",
        Service: "forage-bridge.service",
        SocketMode: "0666",
      },
    });
    expect(units.services["forage-bridge"]?.serviceConfig).toMatchObject({
      Sockets: ["forage-bridge-alice.socket", "forage-bridge-bob.socket"],
      LoadCredential: [
        "anthropic:/run/secrets/anthropic-api-key",
        "github:/run/secrets/github-token",
        "openai:/run/secrets/openai-api-key",
      ],
    });
    // What sockaddr_un holds, less its final NUL; no name of a sandbox is longer.
    const longest = `/run/forage-bridge/${"a".repeat(11)}/bridge.sock`;
    expect(longest.length).toBeLessThanOrEqual(107);
  });

  it("shows a sandbox its socket, and neither secrets nor the Nix daemon", async () => {
    const found = await evalNixosModule(
      nix(),
      renderNixosModule(bridged),
      `config: {
        containers = builtins.mapAttrs (_: { bindMounts, extraFlags, privateNetwork, hostAddress, ... }: {
          inherit extraFlags privateNetwork hostAddress;
          mounts = builtins.mapAttrs (_: mount: [ mount.hostPath mount.isReadOnly ]) bindMounts;
        }) config.containers;
        secrets = builtins.filter (name: builtins.match "forage-secrets-.*" name != null) (builtins.attrNames config.systemd.services);
      }`,
      HOST,
    );
    const asking = {
      privateNetwork: true,
      hostAddress: null,
      extraFlags: ["--inaccessible=/nix/var/nix/daemon-socket"],
    };
    expect(found).toMatchObject({
      containers: {
        alice: {
          ...asking,
          mounts: {
            "/run/forage-bridge": ["/run/forage-bridge/alice", true],
            "/workspace": ["/srv/alice", false],
          },
        },
        bob: { ...asking, mounts: { "/run/forage-bridge": ["/run/forage-bridge/bob", true] } },
        carol: {
          extraFlags: [],
          mounts: { "/run/secrets": ["/run/forage-secrets/carol", true] },
        },
      },
      secrets: ["forage-secrets-carol"],
    });
  });

  it("has in a sandbox what leads from its loopback interface to the socket", async () => {
    const guest = (await evalNixosModule(
      nix(),
      renderContainer(bridged, { sandbox: "bob" }),
      `config: let inherit (config.containers.bob.config) systemd programs environment; in {
        inherit (systemd.sockets.forage-bridge) listenStreams wantedBy;
        inherit (systemd.services.forage-bridge) requires serviceConfig;
        git = programs.git.config;
        packages = map (package: package.name) environment.systemPackages;
      }`,
      HOST,
    )) as { readonly serviceConfig: Readonly<Record<string, unknown>> };
    expect(guest).toMatchObject({
      listenStreams: ["127.0.0.1:7878"],
      wantedBy: ["sockets.target"],
      requires: ["forage-bridge.socket"],
      git: {
        url: {
          "http://127.0.0.1:7878/git/": {
            insteadOf: ["https://github.com/", "git@github.com:", "ssh://git@github.com/"],
          },
        },
      },
      packages: ["claude", "codex", "git-stand-in"],
    });
    expect(guest.serviceConfig["ExecStart"]).toMatch(
      /\/lib\/systemd\/systemd-socket-proxyd \/run\/forage-bridge\/bridge\.sock$/,
    );
  });

  it("needs the package of forage-nix, which a host can choose", async () => {
    const without = { ...HOST, packages: ["git", "codex"] };
    await expect(
      evalNixosModule(nix(), renderNixosModule(bridged), START, without),
    ).rejects.toThrow(/forage-nix.*cannot be found/);
    const chosen = {
      ...without,
      modules: [
        ...(HOST.modules ?? []),
        "{ pkgs, ... }: { services.forage-bridge.package = pkgs.git; }",
      ],
    };
    expect(await evalNixosModule(nix(), renderNixosModule(bridged), START, chosen)).toMatch(
      /\/bin\/git bridge run --setup /,
    );
  });

  it("has a directory for its log where systemd makes none", async () => {
    const directory = await mkdtemp(join(nix().directory, "host-"));
    await writeFile(join(directory, "hooks.ts"), "export {};\n");
    await writeFile(join(directory, "module.nix"), renderBridgeModule(bridge));
    const found = await evalNixosModule(
      nix(),
      join(directory, "module.nix"),
      "config: { inherit (config.systemd.tmpfiles) rules; inherit (config.systemd.services.forage-bridge) serviceConfig; }",
      HOST,
    );
    expect(found).toMatchObject({
      rules: ["d /srv/audit 0750 forage-bridge forage-bridge"],
      serviceConfig: { ReadWritePaths: ["/srv/audit"] },
    });
  });

  it("refuses a secret's path of the Nix store", async () => {
    const text = renderBridgeModule(bridged).replace(
      "config.sops.secrets.github-token.path",
      '"${./.}/token"',
    );
    const directory = await mkdtemp(join(nix().directory, "host-"));
    await writeFile(join(directory, "module.nix"), text);
    const units = evalNixosModule(nix(), join(directory, "module.nix"), UNITS, HOST);
    await expect(units).rejects.toThrow(
      /the secret github is no path of a file outside of the Nix store/,
    );
  });

  needs("systemd-analyze")("has services that systemd", () => {
    const written = async (name: string): Promise<string> => {
      const [base = "", kind = ""] = name.split(".");
      const unit = kind === "service" ? units.services[base] : units.sockets[base];
      const file = join(nix().directory, name);
      await writeFile(file, unitText(unit as Unit));
      return file;
    };

    it.each(["forage-bridge.service", "forage-bridge-secrets.service"])(
      "finds shut off from the host: %s",
      async (name) => {
        const { stdout } = await execa("systemd-analyze", [
          "security",
          "--offline=true",
          await written(name),
        ]);
        const [, score] = /exposure level for \S+: ([\d.]+)/.exec(stdout) ?? [];
        expect(Number(score)).toBeGreaterThan(0);
        expect(Number(score)).toBeLessThanOrEqual(2);
        console.log(`systemd-analyze security: ${name} ${score}`);
      },
    );

    it("finds right", async () => {
      const files = [];
      for (const name of [
        "forage-bridge.service",
        "forage-bridge-secrets.service",
        "forage-bridge-alice.socket",
        "forage-bridge-bob.socket",
      ])
        files.push(await written(name));
      const { all } = await execa("systemd-analyze", ["verify", "--man=no", ...files], {
        all: true,
        reject: false,
      });
      expect(all).toBe("");
    });
  });
});
