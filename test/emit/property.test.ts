import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  addressesOf,
  defineConfig,
  ForageError,
  renderBridgeModule,
  renderExtraContainer,
  renderFlake,
  renderFlakeModule,
  renderNixosModule,
  renderOverlay,
  renderPackages,
  type Template,
} from "../../lib/index.ts";
import { printNix } from "../../lib/nix/index.ts";
import { useNix } from "../support/nix.ts";
import { evalNixosModules, nixpkgsLib } from "../support/nixos.ts";
import { parseNix } from "../support/parse-nix/index.ts";
import { randomConfig } from "../support/random-config.ts";
import { SEED } from "../support/seed.ts";
import { needs } from "../support/tools.ts";

type Config = ReturnType<typeof defineConfig>;

const CONFIGURATIONS = 150;
const EVALUATED = 60;

/** Two mounts within each other, or packages of one name, are refused; that is tested elsewhere. */
function defined(input: unknown): Config | undefined {
  try {
    const config = defineConfig(input as never) as Config;
    renderPackages(config);
    return config;
  } catch (error) {
    if (error instanceof ForageError) return undefined;
    throw error;
  }
}

const configs = randomConfig.map(defined).filter((config) => config !== undefined);

const FORMS: readonly ((config: Config) => string)[] = [
  (config) => renderNixosModule(config, { externalInterface: "eth0" }),
  (config) => renderExtraContainer(config, { enableWAN: true }),
  (config) => renderBridgeModule(config),
  (config) => renderFlakeModule(config),
  (config) => renderFlake(config),
  (config) => renderPackages(config),
  (config) => renderOverlay(config),
];

needs("nix-instantiate")(`random configurations (${nixpkgsLib})`, () => {
  const nix = useNix();

  it("parse in every form, and print the same when they are parsed again", async () => {
    const texts = fc
      .sample(configs, { numRuns: CONFIGURATIONS, seed: SEED })
      .flatMap((config) => FORMS.map((render) => render(config)));
    for (const text of texts) {
      const { expr, header } = parseNix(text);
      expect(printNix(expr, header === undefined ? {} : { header })).toBe(text);
    }
    expect(await nix().parse(texts)).toHaveLength(texts.length);
    console.log(`${texts.length} files of ${CONFIGURATIONS} random configurations parse`);
  });

  it("are what NixOS has in the end", async () => {
    const directory = await mkdtemp(join(nix().directory, "random-"));
    const sampled = fc.sample(configs, { numRuns: EVALUATED, seed: SEED });
    const files = sampled.map((_, index) => join(directory, `${index}.nix`));
    for (const [index, config] of sampled.entries())
      await writeFile(files[index] ?? "", renderNixosModule(config));
    const found = await evalNixosModules(nix(), files, HOST, {
      packages: ["git", "python3Packages.requests", "forage-nix"],
    });
    for (const [index, config] of sampled.entries())
      expect(found[index], JSON.stringify(config)).toEqual(expected(config));
    console.log(`${EVALUATED} random configurations are what NixOS has in the end`);
  });
});

const HOST = `config: builtins.mapAttrs (name: container: {
  inherit (container) extraFlags;
  sockets = builtins.concatMap (socket: socket.listenStreams) (builtins.attrValues container.config.systemd.sockets);
  hostSocket = (config.systemd.sockets."forage-bridge-\${name}" or { listenStreams = [ ]; }).listenStreams;
  inherit (container) autoStart ephemeral privateNetwork hostAddress localAddress;
  mounts = builtins.mapAttrs (_: mount: [ mount.hostPath mount.isReadOnly ]) container.bindMounts;
  packages = map (package: package.name) container.config.environment.systemPackages;
  copies = builtins.filter (line: builtins.isString line && builtins.match "copy_secret .*" line != null)
    (builtins.split "\\n" (config.systemd.services."forage-secrets-\${name}" or { script = ""; }).script);
}) config.containers`;

/** What a definition says, in the words of NixOS. */
function expected(config: Config): unknown {
  const addresses = addressesOf(config);
  return Object.fromEntries(
    Object.entries(config.sandboxes).map(([name, sandbox]) => {
      const template = config.templates[sandbox.template] as Template;
      const asks = template.auth === "bridge";
      const secrets = new Set(
        Object.values(template.agents).flatMap((agent) =>
          asks ? [] : agent.secrets.map(({ secretName }) => secretName),
        ),
      );
      const mounts: [string, [string, boolean]][] = Object.entries(template.bindMounts).map(
        ([mountPoint, { hostPath, isReadOnly }]) => [mountPoint, [hostPath, isReadOnly]],
      );
      if (asks) mounts.push(["/run/forage-bridge", [`/run/forage-bridge/${name}`, true]]);
      if (secrets.size > 0)
        mounts.push([template.secretsMountPoint, [`/run/forage-secrets/${name}`, true]]);
      if (sandbox.workspace !== undefined)
        mounts.push([template.workspaceMountPoint, [sandbox.workspace, false]]);
      const { hostAddress = null, localAddress = null } = addresses.get(name) ?? {};
      return [
        name,
        {
          extraFlags:
            template.network === "none" ? ["--inaccessible=/nix/var/nix/daemon-socket"] : [],
          sockets: asks ? ["127.0.0.1:7878"] : [],
          hostSocket: asks ? [`/run/forage-bridge/${name}/bridge.sock`] : [],
          autoStart: sandbox.autoStart,
          ephemeral: template.ephemeral,
          privateNetwork: template.network !== "host",
          hostAddress,
          localAddress,
          mounts: Object.fromEntries(mounts),
          packages: Object.keys(template.agents),
          copies: [...secrets]
            .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
            .map((secret) => `copy_secret ${word(secret)} ${word(String(config.secrets[secret]))}`),
        },
      ];
    }),
  );
}

/** As nixpkgs' `escapeShellArg` has it. */
function word(text: string): string {
  return /^[A-Za-z0-9,._+:@%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
