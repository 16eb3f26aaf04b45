import {
  apply,
  attrs,
  bind,
  blankLine,
  comment,
  fn,
  indented,
  op,
  ref,
  str,
} from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import { BRIDGE_LOGS, BRIDGE_ROOT, BRIDGE_SECRETS } from "../schema/paths.ts";
import { bash } from "./bash.ts";
import { BRIDGE_SOCKET, BRIDGE_UNIT } from "./relay.ts";

const SERVICE = `${BRIDGE_UNIT}.service`;
const SECRETS_UNIT = `${BRIDGE_UNIT}-secrets`;

const sandbox = ref("sandbox");

/**
 * A socket for each sandbox, which it is known by. systemd holds them, so that a connection waits while the bridge starts
 * again. Everybody may connect who sees a socket: its directory is shown to one container, and lies in the bridge's own.
 *
 * The container starts after its socket, but does not stop with it.
 */
export function socketUnits(): NixEntry[] {
  const container = str`container@${sandbox}.service`;
  const unit = attrs({
    description: str`Bridge for the sandbox ${sandbox}`,
    wantedBy: ["sockets.target", container],
    before: [container],
    listenStreams: [str`${BRIDGE_ROOT}/${sandbox}/${BRIDGE_SOCKET}`],
    socketConfig: {
      Service: SERVICE,
      FileDescriptorName: sandbox,
      SocketMode: "0666",
      DirectoryMode: "0755",
    },
  });
  const name = str`${BRIDGE_UNIT}-${sandbox}`;
  const named = fn("sandbox", apply(ref("lib", "nameValuePair"), name, unit));
  const all = apply(ref("map"), named, ref("bridgeSandboxes"));
  return [bind(["systemd", "sockets"], apply(ref("lib", "listToAttrs"), all))];
}

/** What a bridge's service has to do with. */
export interface ServiceParts {
  /** The directory of the log. */
  readonly logs: string;
  readonly hasSecrets: boolean;
  readonly hasSockets: boolean;
}

/** The bridge's own service. */
export function serviceUnit({ logs, hasSecrets, hasSockets }: ServiceParts): Nix {
  const earlier = ["network-online.target", ...(hasSecrets ? [`${SECRETS_UNIT}.service`] : [])];
  const program = apply(ref("lib", "getExe"), ref("config", "services", BRIDGE_UNIT, "package"));
  return attrs([
    bind("description", "Bridge from sandboxes to the APIs that they use"),
    bind("wantedBy", ["multi-user.target"]),
    bind("wants", earlier),
    bind("after", earlier),
    serviceConfig([
      bind("Type", "notify"),
      // Node has no datagram sockets of this kind: a child says that the bridge is ready.
      bind("NotifyAccess", "all"),
      bind("ExecStart", str`${program} bridge run --setup ${ref("bridgeSetup")}`),
      bind("Restart", "on-failure"),
      // Soon enough, and too seldom for systemd to give up: a secret may come late.
      bind("RestartSec", 5),
      // The bridge itself lets its workers finish their streams, for ten minutes.
      bind("KillMode", "mixed"),
      bind("TimeoutStopSec", "11min"),
      bind("User", BRIDGE_UNIT),
      bind("Group", BRIDGE_UNIT),
      ...(hasSockets ? [bind("Sockets", socketNames())] : []),
      ...(hasSecrets ? [bind("LoadCredential", credentials())] : []),
      bind("RuntimeDirectory", BRIDGE_UNIT),
      bind("RuntimeDirectoryMode", "0700"),
      comment("The sockets stay where containers see them."),
      bind("RuntimeDirectoryPreserve", true),
      bind("StateDirectory", BRIDGE_UNIT),
      bind("StateDirectoryMode", "0700"),
      ...(logs === BRIDGE_LOGS
        ? [bind("LogsDirectory", BRIDGE_UNIT), bind("LogsDirectoryMode", "0750")]
        : [bind("ReadWritePaths", [logs])]),
    ]),
  ]);
}

/** A directory for the log elsewhere, which the service could not make for itself. */
export function directoryOfLogs(logs: string): NixEntry[] {
  if (logs === BRIDGE_LOGS) return [];
  const rule = `d ${logs} 0750 ${BRIDGE_UNIT} ${BRIDGE_UNIT}`;
  return [bind(["systemd", "tmpfiles", "rules"], [rule])];
}

/** What a service has beside what shuts each of them off. */
function serviceConfig(own: readonly NixEntry[]): NixEntry {
  return bind("serviceConfig", op(ref("bridgeHardening"), "//", attrs(own)));
}

function socketNames(): Nix {
  const name = str`${BRIDGE_UNIT}-${sandbox}.socket`;
  return apply(ref("map"), fn("sandbox", name), ref("bridgeSandboxes"));
}

/** Read once, when the service starts; what comes later is in the copies. */
function credentials(): Nix {
  const named = fn("name", fn("file", str`${ref("name")}:${ref("file")}`));
  return apply(ref("lib", "mapAttrsToList"), named, ref("bridgeSecrets"));
}

/**
 * - An empty copy says that there is no such secret any longer. Without a copy the bridge would use the secret that it was
 *   started with.
 * - A copy has its file's time. Which of the two is newer does not matter: sops-nix and agenix go back to older files too.
 * - It comes whole, and under a name that no secret has before that.
 */
const COPY_SECRETS = bash`
  copy_secret() {
    local file=$2 copy=${BRIDGE_SECRETS}/$1
    if [[ ! -f $file ]]; then
      file=/dev/null
      if [[ -e $copy && ! -s $copy ]]; then
        return
      fi
    elif [[ -s $copy && ! $file -nt $copy && ! $file -ot $copy ]]; then
      return
    fi
    if ! install -p -m 0400 -o ${BRIDGE_UNIT} -- "$file" "$copy.new" || ! mv -fT -- "$copy.new" "$copy"; then
      echo "forage: the secret $1: $2 cannot be copied" >&2
    fi
  }
`;

/**
 * What keeps copies of the secrets that the bridge can read, as its files are now. It looks once a second: a path unit of
 * systemd misses the link that sops-nix and agenix turn to another directory, and what changes while it runs what it
 * starts. Nothing is started for that, and nothing is read unless a file has another time.
 */
export function secretsUnit(): Nix {
  const call = str`copy_secret ${ref("name")} ${apply(ref("lib", "escapeShellArg"), ref("file"))}`;
  const calls = apply(
    ref("lib", "mapAttrsToList"),
    fn("name", fn("file", call)),
    ref("bridgeSecrets"),
  );
  return attrs([
    bind("description", "Secrets of the bridge as they are now"),
    bind(["unitConfig", "StopWhenUnneeded"], true),
    serviceConfig([
      bind("Type", "notify"),
      bind("NotifyAccess", "all"),
      bind("Restart", "always"),
      bind("RestartSec", 5),
      bind("Group", BRIDGE_UNIT),
      bind("RuntimeDirectory", BRIDGE_SECRETS.replace("/run/", "")),
      bind("RuntimeDirectoryMode", "0750"),
      bind("RuntimeDirectoryPreserve", "restart"),
      blankLine(),
      comment("It reads files of all users, and gives copies to the bridge."),
      bind("CapabilityBoundingSet", ["CAP_CHOWN", "CAP_DAC_READ_SEARCH", "CAP_FOWNER"]),
      bind("PrivateNetwork", true),
      bind("PrivateUsers", false),
      bind("ProtectHome", "read-only"),
      bind("RestrictAddressFamilies", "AF_UNIX"),
      bind("SystemCallFilter", ["@system-service", "~@resources"]),
    ]),
    bind(
      "script",
      indented(
        `${COPY_SECRETS}\ncopy_secrets() {\n`,
        "  ",
        apply(ref("lib", "concatStringsSep"), "\n  ", calls),
        `\n}\n${WATCH_SECRETS}\n`,
      ),
    ),
  ]);
}

/** Reading from a pipe that nobody writes to waits, and starts no program as sleep(1) would be. */
const WATCH_SECRETS = bash`
  copy_secrets
  systemd-notify --ready
  exec {never}<> <(:)
  while true; do
    read -r -t 1 -u "$never" || true
    copy_secrets
  done
`;
