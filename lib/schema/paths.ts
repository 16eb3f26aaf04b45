import { posix } from "node:path";
import type { TextRule } from "./names.ts";
import { show } from "./show.ts";

const PATH_MAX = 4095;

/** Where the host keeps the sandboxes' copies of their secrets. */
export const SECRETS_ROOT = "/run/forage-secrets";

/** A path on the host or in a container. */
export const absolutePath: TextRule = [
  {
    // nspawn reads bind paths unquoted: a space would add a flag, and ":" splits host from mount point.
    pattern: /^\/[A-Za-z0-9._/@+=,-]*$/,
    maxBytes: PATH_MAX,
    problem: (path) => ({
      message: `${show(path)} is no path that systemd-nspawn can bind: absolute, of letters, digits and . _ / @ + = , - only`,
      hint: path.startsWith("/")
        ? "move or link the file to a path without other characters"
        : 'write the whole path, such as "/run/secrets/anthropic-api-key"',
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
      message: `${show(path)} is ${path === "/" ? "the whole file system" : "in the world-readable Nix store"}`,
      hint: 'choose a directory of its own, such as "/run/secrets"',
    }),
  },
];

/** A path on the host that a sandbox sees. */
export const hostPath: TextRule = [
  {
    not: new RegExp(`^/run$|^${SECRETS_ROOT}(?:/|$)`),
    problem: (path) => ({
      message: `${show(path)} holds the secrets of every sandbox`,
      hint: "choose a directory of its own: a sandbox's secrets are bound without being named",
    }),
  },
  ...absolutePath,
];

/** A path in a sandbox where the host's directory or file is to be. */
export const mountPoint: TextRule = [
  ...absolutePath,
  {
    // What a container needs as it is. A mount over `/run` or `/etc` would leave it unable to boot.
    not: /^\/(?:bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)$|^\/(?:dev|proc|sys|run\/systemd|run\/wrappers|run\/current-system)(?:\/|$)/,
    problem: (path) => ({
      message: `${show(path)} cannot be a mount point: a container needs its own ${path}`,
      hint: 'choose a directory of its own, such as "/workspace"',
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
    not: /(?:^|\/)(?:node_modules|\.git)\//,
    problem: (file) => ({
      message: `${show(file)} is in a directory that others look after`,
      hint: OUTPUT_HINT,
    }),
  },
];
