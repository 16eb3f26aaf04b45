import { posix } from "node:path";
import type { TextRule } from "./names.ts";
import { show } from "./show.ts";

const PATH_MAX = 4095;

/** Where the host keeps the sandboxes' copies of their secrets. */
export const SECRETS_ROOT = "/run/forage-secrets";

/** A path on the host or in a container. */
export const absolutePath: TextRule = (path) => {
  // nspawn reads bind paths unquoted: a space would add a flag, and ":" splits host from mount point.
  if (!/^\/[A-Za-z0-9._/@+=,-]*$/.test(path) || path.length > PATH_MAX)
    return {
      message: `${show(path)} is no path that systemd-nspawn can bind: absolute, of letters, digits and . _ / @ + = , - only`,
      hint: path.startsWith("/")
        ? "move or link the file to a path without other characters"
        : 'write the whole path, such as "/run/secrets/anthropic-api-key"',
    };
  const normal = posix.resolve("/", path);
  if (path !== normal)
    return {
      message: `${show(path)} is not normalised: no "." or "..", doubled "/" or "/" at the end`,
      hint: `write ${show(normal)}`,
    };
  if (path === "/" || path === "/nix" || path.startsWith("/nix/"))
    return {
      message: `${show(path)} is ${path === "/" ? "the whole file system" : "in the world-readable Nix store"}`,
      hint: 'choose a directory of its own, such as "/run/secrets"',
    };
  return undefined;
};

/** A path on the host that a sandbox sees. */
export const hostPath: TextRule = (path) => {
  if (path !== SECRETS_ROOT && !path.startsWith(`${SECRETS_ROOT}/`) && path !== "/run")
    return absolutePath(path);
  return {
    message: `${show(path)} holds the secrets of every sandbox`,
    hint: "choose a directory of its own: a sandbox's secrets are bound without being named",
  };
};

/** What a container needs as it is. A mount over `/run` or `/etc` would leave it unable to boot. */
const NEEDED_WHOLE: ReadonlySet<string> = new Set(
  "/bin /boot /dev /etc /home /lib /lib64 /proc /root /run /sbin /sys /tmp /usr /var".split(" "),
);
const NEEDED_BELOW = /^\/(?:dev|proc|sys|run\/systemd|run\/wrappers|run\/current-system)(?:\/|$)/;

/** A path in a sandbox where the host's directory or file is to be. */
export const mountPoint: TextRule = (path) => {
  const problem = absolutePath(path);
  if (problem !== undefined) return problem;
  if (!NEEDED_WHOLE.has(path) && !NEEDED_BELOW.test(path)) return undefined;
  return {
    message: `${show(path)} cannot be a mount point: a container needs its own ${path}`,
    hint: 'choose a directory of its own, such as "/workspace"',
  };
};

/** A file that `forage render` writes. */
export const outputFile: TextRule = (file) => {
  const hint = 'write where it is to be beside the configuration, such as "nix/sandboxes.nix"';
  if (!/^[^\p{C}\\]+\.nix$/u.test(file) || file.length > PATH_MAX)
    return {
      message: `${show(file)} cannot name an output: it is a Nix file, and ends in .nix`,
      hint,
    };
  const normal = posix.normalize(file);
  if (posix.isAbsolute(file) || normal.startsWith("../"))
    return { message: `${show(file)} is outside of the project`, hint };
  if (file !== normal)
    return {
      message: `${show(file)} is not normalised: no "." or "..", no doubled "/"`,
      hint: `write ${show(normal)}`,
    };
  if (/^(?:.*\/)?(?:node_modules|\.git)\//.test(file))
    return { message: `${show(file)} is in a directory that others look after`, hint };
  return undefined;
};
