import { posix } from "node:path";
import {
  apply,
  assertThat,
  attrs,
  bind,
  blankLine,
  comment,
  fn,
  letIn,
  path,
  ref,
  str,
} from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import { HARDENING } from "./bridge-hardening.ts";
import {
  bridgedSandboxes,
  bridgeOf,
  bridgeSetup,
  tokenName,
  usedCredentials,
} from "./bridge-setup.ts";
import { directoryOfLogs, secretsUnit, serviceUnit, socketUnits } from "./bridge-units.ts";
import { BRIDGE_UNIT } from "./relay.ts";
import { byBytes, isHostFile, type SecretFiles } from "./secrets.ts";
import { spaced } from "./template.ts";

/** For whom a bridge is, and where its module stands. */
export interface BridgePlace {
  readonly config: Config;
  /** Only these sandboxes @default everything */
  readonly sandboxes: readonly string[] | undefined;
  /** The configuration's directory, from that of the file. */
  readonly directory: string;
  /** Where in its file the module stands, for errors to name. */
  readonly file?: Nix | undefined;
}

/** The members of a NixOS module for a host with the bridge: its service, its sockets and its secrets. */
export function bridgeModule(place: BridgePlace): Nix {
  const { config, sandboxes, file } = place;
  const names = bridgedSandboxes(config, sandboxes).map(({ name }) => name);
  const files = secretFiles(config, sandboxes);
  const parts = {
    logs: bridgeOf(config).audit.directory,
    hasSecrets: files.size > 0,
    hasSockets: names.length > 0,
  };
  const members = spaced([
    [
      bind(["users", "users", BRIDGE_UNIT], { isSystemUser: true, group: BRIDGE_UNIT }),
      bind(["users", "groups", BRIDGE_UNIT], {}),
    ],
    [bind(["systemd", "services", BRIDGE_UNIT], serviceUnit(parts))],
    directoryOfLogs(parts.logs),
    parts.hasSockets ? socketUnits() : [],
    parts.hasSecrets
      ? [bind(["systemd", "services", `${BRIDGE_UNIT}-secrets`], secretsUnit())]
      : [],
  ]);
  const option = apply(ref("lib", "mkPackageOption"), ref("pkgs"), "forage-nix", {});
  return letIn(
    spaced([
      parts.hasSockets ? [bind("bridgeSandboxes", names)] : [],
      [bind("bridgeHardening", HARDENING)],
      parts.hasSecrets ? secretsEntry(files) : [],
      [bind("bridgeSetup", setupFile(place))],
    ]),
    attrs(
      spaced([
        [bind("_class", "nixos"), ...(file === undefined ? [] : [bind("_file", file)])],
        [bind(["options", "services", BRIDGE_UNIT, "package"], option)],
        [bind("config", attrs(members))],
      ]),
    ),
  );
}

/** The host's files of the secrets and tokens, by what the bridge calls them. */
function secretFiles(config: Config, sandboxes: readonly string[] | undefined): SecretFiles {
  const secrets = usedCredentials(config, sandboxes).flatMap(({ value: { secret } }) => {
    const file = secret === undefined ? undefined : config.secrets[secret];
    return secret === undefined || file === undefined ? [] : [[secret, file] as const];
  });
  const tokens = Object.entries(bridgeOf(config).tcp?.clients ?? {}).map(
    ([name, { tokenFile }]) => [tokenName(name), tokenFile] as const,
  );
  return new Map([...secrets, ...tokens].toSorted(([one], [other]) => byBytes(one, other)));
}

function secretsEntry(files: SecretFiles): NixEntry[] {
  const isKnown = [...files.values()].every((file) => typeof file === "string");
  const remark = comment("The host's files, by what the bridge calls them.");
  if (isKnown) return [remark, bind("bridgeSecrets", files)];
  return [
    bind("hostFile", fn("name", fn("file", assertThat(isHostFile, ref("file"))))),
    blankLine(),
    remark,
    bind("bridgeSecrets", apply(ref("lib", "mapAttrs"), ref("hostFile"), attrs(files))),
  ];
}

function setupFile({ config, sandboxes, directory }: BridgePlace): Nix {
  const { hooks, ...setup } = bridgeSetup(config, { directory, files: "name", sandboxes });
  const all = {
    ...setup,
    ...(hooks !== undefined && { hooks: str`${path(besideFile(hooks))}` }),
  };
  return apply(
    ref("pkgs", "writeText"),
    `${BRIDGE_UNIT}.json`,
    apply(ref("builtins", "toJSON"), all as never),
  );
}

/** A path literal that is relative starts with a dot. */
function besideFile(file: string): string {
  return posix.isAbsolute(file) || file.startsWith("../") ? file : `./${file}`;
}
