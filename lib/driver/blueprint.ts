import { resolve } from "node:path";
import { defineConfig } from "../define.ts";
import { grantOf, usedCredentials } from "../emit/bridge-setup.ts";
import { checkedConfig, chooseTemplateName, templateOf } from "../emit/choose.ts";
import { type Mounts, nspawnFlags } from "../emit/container.ts";
import { secretFilesOf, secretNamesOf } from "../emit/secrets.ts";
import { sandboxSystem } from "../emit/system.ts";
import { type Diagnostic, ForageError } from "../error.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import { knownPath } from "../schema/expressions.ts";
import { secretPath } from "../schema/paths.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import { brokenBy } from "../schema/text-rule.ts";
import type { Template } from "../schema/types.ts";
import { CONF_MARK } from "./places.ts";
import type { Blueprint } from "./plan.ts";
import { type SandboxBridge, type SandboxRecord, VERSION } from "./records.ts";

/** What `up` takes beside the configuration. */
export interface UpRequest {
  /**
   * 1 to 11 of a-z, 0-9 and `-`: the container's name. Where the configuration has a sandbox of this name, what it says is
   * the default for all else.
   */
  readonly name: string;
  /** @default the sandbox's, else the only template, or the one called "default" */
  readonly template?: string | undefined;
  /** A directory of the host, writable in the sandbox; an absolute path @default the sandbox's, or none */
  readonly workspace?: string | undefined;
  /** A directory of nixpkgs @default the configuration's, else `<nixpkgs>` */
  readonly nixpkgs?: string | undefined;
  /** Files of secrets, by the secrets' names, where they are others than the configuration's @default {} */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Where relative paths in the configuration start @default the working directory */
  readonly directory?: string | undefined;
}

/** A configuration with the sandbox in it, as if it had been written there, so that the same rules hold. */
function withSandbox(config: Config, request: UpRequest): { config: Config; sandbox: Sandbox } {
  const { name, workspace } = request;
  // Whatever else a configuration has belongs to its sandboxes.
  const { outputs: _, ...all } = checkedConfig(config);
  const { sandboxes } = all;
  const declared = Object.hasOwn(sandboxes, name) ? sandboxes[name] : undefined;
  const template = chooseTemplateName(config, request.template ?? declared?.template);
  templateOf(config, template);
  const wanted = {
    ...(declared ?? {}),
    template,
    ...(workspace === undefined ? {} : { workspace }),
  };
  const whole = defineConfig({
    ...all,
    sandboxes: { ...sandboxes, [name]: wanted },
  } as unknown as Parameters<typeof defineConfig>[0]) as unknown as Config;
  return { config: whole, sandbox: whole.sandboxes[name] as Sandbox };
}

/**
 * All that a sandbox is made from, without a look at the machine.
 *
 * @throws ForageError `definition`, `secret` or `usage`
 */
export function blueprint(given: Config, request: UpRequest): Blueprint {
  const { name, directory = process.cwd() } = request;
  const { config, sandbox } = withSandbox(given, request);
  const template = templateOf(config, sandbox.template);
  const system = sandboxSystem(config, name, sandbox, directory);
  const nixpkgs = request.nixpkgs ?? config.nixpkgs;
  const { workspace } = sandbox;
  const record: SandboxRecord = {
    version: VERSION,
    name,
    template: sandbox.template,
    state: "starting",
    since: new Date().toISOString(),
    agents: Object.entries(template.agents).map(([name, agent]) => ({
      name,
      secrets:
        template.auth === "bridge"
          ? []
          : agent.secrets.map(({ variable, secretName }) => ({ variable, secretName })),
    })),
    user: { ...template.user },
    secrets: secretSources(config, template, request.secrets ?? {}),
    secretsMountPoint: template.secretsMountPoint,
    ...(template.bridge === undefined
      ? {}
      : { bridge: sandboxBridge(config, sandbox.template, template.bridge.port) }),
    ...(workspace === undefined ? {} : { workspace }),
    workspaceMountPoint: template.workspaceMountPoint,
    hostPaths: [template, sandbox].flatMap(({ bindMounts }) =>
      Object.values(bindMounts).map(({ hostPath }) => hostPath),
    ),
    network: template.network,
    conf: confLines(template, system.mounts),
    createArguments: addressArguments(template, sandbox),
  };
  return {
    record,
    system,
    nixpkgs: nixpkgs === undefined ? undefined : resolve(directory, nixpkgs),
  };
}

function sandboxBridge(config: Config, template: string, port: number): SandboxBridge {
  const grant = grantOf(config as Config<string, Record<string, never>>, template);
  const sources = usedCredentials(config, undefined)
    .filter(({ name }) => grant.credentials.includes(name))
    .flatMap(({ name, value: { secret } }) => {
      const file = secret === undefined ? undefined : knownPath(config.secrets[secret]);
      return file === undefined ? [] : [{ name, file }];
    });
  return { grant, port, sources };
}

function secretSources(
  config: Config,
  template: Template,
  given: Readonly<Record<string, string>>,
): SandboxRecord["secrets"] {
  const names = secretNamesOf(template);
  const files = secretFilesOf(config, template);
  const sources: { name: string; file: string }[] = [];
  const problems: Diagnostic[] = [];
  for (const name of Object.keys(given))
    if (!names.includes(name))
      problems.push({
        path: [],
        message: `no agent of the template names a secret ${show(name)}`,
        hint: suggest(name, names, "leave it out"),
      });
  for (const name of names) {
    const file = Object.hasOwn(given, name) ? given[name] : files.get(name);
    const path = knownPath(file);
    const broken = path === undefined ? undefined : brokenBy(path, secretPath);
    if (broken !== undefined) problems.push({ path: ["secrets", name], ...broken });
    else if (path !== undefined) sources.push({ name, file: path });
    else
      problems.push({
        path: ["secrets", name],
        message: "its path comes from a NixOS configuration, which forage up does not evaluate",
        hint: `say where it is on this host: --secret ${name}=/run/secrets/…`,
      });
  }
  if (problems.length > 0) throw new ForageError("secret", problems);
  return sources;
}

/** What is added to the container's configuration; of two definitions of one name the last one wins. */
function confLines(template: Template, mounts: Mounts): string {
  const { ephemeral, network } = template;
  // systemd splits the flags at white space, quoted or not; the schema lets no such path through.
  const flags = [
    // The unit links the journal to the host's, which older versions of systemd-nspawn do not do with a copy of the root.
    ...(ephemeral ? ["--ephemeral", "--link-journal=no"] : []),
    ...nspawnFlags(template),
    ...[...mounts].map(
      ([mountPoint, { hostPath, isReadOnly }]) =>
        `--bind${isReadOnly ? "-ro" : ""}=${hostPath}:${mountPoint}`,
    ),
  ];
  // Addresses alone would bring a link, also to the sandbox that is to have none.
  const noLink = ["HOST_ADDRESS=", "LOCAL_ADDRESS="];
  const lines = [
    CONF_MARK,
    // Newer units copy the host's resolv.conf only when they are asked to.
    ...(network === "none" ? [] : ["COPY_RESOLV_CONF=1"]),
    ...(network === "private" ? [] : noLink),
    ...(network === "host" ? ["PRIVATE_NETWORK=0"] : []),
    ...(flags.length === 0 ? [] : [`EXTRA_NSPAWN_FLAGS=${flags.join(" ")}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Without addresses nixos-container finds some that no container of the host has. */
function addressArguments({ network }: Template, { hostAddress, localAddress }: Sandbox): string[] {
  if (network !== "private" || hostAddress === undefined || localAddress === undefined) return [];
  return ["--host-address", hostAddress, "--local-address", localAddress];
}
