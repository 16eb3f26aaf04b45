import { posix } from "node:path";
import { show } from "./show.ts";
import type { TextRule } from "./text-rule.ts";

const PATH_MAX = 4095;

/** Where the host keeps the sandboxes' copies of their secrets. */
export const SECRETS_ROOT = "/run/forage-secrets";

/** Where the bridge's sockets are, in a directory for each sandbox; and where a sandbox has its own. */
export const BRIDGE_ROOT = "/run/forage-bridge";

/**
 * The bridge's secrets as they are now. It is root's, and not below the bridge's own directory: there the bridge could put
 * a link in its place, and a sandbox of that name would be shown it.
 */
export const BRIDGE_SECRETS = "/run/forage-bridge-secrets";

/** Where the bridge's log is unless a configuration says another place: what systemd makes of its `LogsDirectory`. */
export const BRIDGE_LOGS = "/var/log/forage-bridge";

/** An absolute path. The example is one that would do in its place. */
function absolutePath(example: string): TextRule {
  const hint = `write a whole path, such as ${show(example)}`;
  return [
    {
      // nspawn reads bind paths unquoted: a space would add a flag, and ":" splits host from mount point.
      pattern: /^\/[A-Za-z0-9._/@+=,-]*$/,
      maxBytes: PATH_MAX,
      problem: (path) => ({
        message: `${show(path)} is no path that systemd-nspawn can bind: absolute, of letters, digits and . _ / @ + = , - only`,
        hint: path.startsWith("/") ? "use a path without other characters" : hint,
      }),
    },
    {
      not: /\/\.{0,2}\/|\/\.{1,2}$|.\/$/,
      problem: (path) => ({
        message: `${show(path)} is not normalised: no "." or "..", doubled "/" or "/" at the end`,
        hint: `write ${show(posix.resolve("/", path))}`,
      }),
    },
    {
      not: /^\/$|^\/nix(?:\/|$)/,
      problem: (path) => ({
        message: `${show(path)} is ${path === "/" ? "the whole file system" : "Nix's own, with the world-readable Nix store"}`,
        hint,
      }),
    },
  ];
}

/** The host's file of a secret. */
export const secretPath: TextRule = [
  ...absolutePath("/run/secrets/anthropic-api-key"),
  {
    not: new RegExp(`^(?:${SECRETS_ROOT}|${BRIDGE_ROOT}|${BRIDGE_SECRETS})(?:/|$)`),
    problem: (path) => ({
      message: `${show(path)} is where the sandboxes' copies are, which come and go`,
      hint: "name the file that they are copied from",
    }),
  },
];

/** A file or directory of the host that the bridge has to do with. */
export const bridgePath: TextRule = absolutePath(BRIDGE_LOGS);

/** A path on the host that a sandbox sees. */
export const hostPath: TextRule = [
  ...absolutePath("/srv/alice"),
  {
    not: /^\/run$|^\/run\/(?:agenix|credentials|forage-(?:bridge|bridge-secrets|secrets)|keys|secrets)(?:\.d)?(?:\/|$)/,
    problem: (path) => ({
      message: `${show(path)} holds secrets of the host, or of other sandboxes`,
      hint: "choose a directory of its own: the secrets that a sandbox's agents name are bound without being named here",
    }),
  },
  {
    // `/var/run` is a link to `/run`, and what is below these is the system's too.
    not: /^\/(?:boot|dev|etc|home|root|usr|var|var\/lib)$|^\/(?:proc|sys|var\/run|run\/nixos-containers|var\/lib\/nixos-containers)(?:\/|$)/,
    problem: (path) => ({
      message: `${show(path)} is the host's own, and no sandbox's to see`,
      hint: 'choose a directory of its own, such as "/srv/alice"',
    }),
  },
];

/** A path in a sandbox where the host's directory or file is to be. */
export const mountPoint: TextRule = [
  ...absolutePath("/workspace"),
  {
    // What a container needs as it is. A mount over `/run` or `/etc` would leave it unable to boot.
    not: /^\/(?:etc|home|root|run|tmp|var)$|^\/(?:bin|boot|dev|init|lib|lib64|proc|sbin|sys|usr|var\/run)(?:\/|$)|^\/run\/(?:booted-system|current-system|dbus|host|systemd|user|wrappers)(?:\/|$)|^\/etc\/(?:group|hosts|nixos|passwd|profile|resolv\.conf|set-environment|shadow|static|systemd)(?:\/|$)/,
    problem: (path) => ({
      message: `${show(path)} cannot be a mount point: a container needs its own ${path}`,
      hint: 'choose a directory of its own, such as "/workspace"',
    }),
  },
];

/** A directory of nixpkgs. */
export const nixpkgsDirectory: TextRule = [
  {
    pattern: /^\.{0,2}\/[^\p{C}]*$/u,
    maxBytes: PATH_MAX,
    problem: (path) => ({
      message: `${show(path)} is no directory of nixpkgs: a path that starts with "/", "./" or "../"`,
      hint: 'write one such as "./nixpkgs", or leave it out for <nixpkgs>',
    }),
  },
];

const OUTPUT_HINT = 'write where it is to be beside the configuration, such as "nix/sandboxes.nix"';

/** A file that `forage render` writes. */
export const outputFile: TextRule = [
  {
    pattern: /^[^\p{C}\\]+\.nix$/u,
    maxBytes: PATH_MAX,
    problem: (file) => ({
      message: `${show(file)} cannot name an output: it is a Nix file, and ends in .nix`,
      hint: OUTPUT_HINT,
    }),
  },
  {
    not: /(?:^|\/)\.{0,2}\//,
    problem: (file) => {
      const normal = posix.normalize(file);
      if (posix.isAbsolute(file) || normal.startsWith("../"))
        return { message: `${show(file)} is outside of the project`, hint: OUTPUT_HINT };
      return {
        message: `${show(file)} is not normalised: no "." or "..", no doubled "/"`,
        hint: `write ${show(normal)}`,
      };
    },
  },
  {
    // A file that is given no longer is not looked for there.
    not: /(?:^|\/)(?:node_modules|\.[^/]+)\//,
    problem: (file) => ({
      message: `${show(file)} is in a hidden directory, or in one that others look after`,
      hint: OUTPUT_HINT,
    }),
  },
];
