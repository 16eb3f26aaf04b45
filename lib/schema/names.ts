import { posix } from "node:path";
import { isNixText, unfitForNix } from "../nix/names.ts";
import { show } from "./show.ts";

/** Why a value breaks a rule, and the way out. */
export interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** A rule for one text; no problem means that the text keeps it. */
export type TextRule = (text: string) => Problem | undefined;

/** Variables that decide what the shell, the loader or Node runs, and those that bash would not hand on as they are. */
const RESERVED_VARIABLES: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "IFS",
  "ENV",
  "BASH_ENV",
  "SHELLOPTS",
  "BASHOPTS",
  "PS4",
  "NODE_OPTIONS",
  "UID",
  "EUID",
  "PPID",
  "BASHPID",
  "BASH_ALIASES",
  "BASH_ARGC",
  "BASH_ARGV",
  "BASH_ARGV0",
  "BASH_CMDS",
  "BASH_COMMAND",
  "BASH_COMPAT",
  "BASH_LINENO",
  "BASH_MONOSECONDS",
  "BASH_SOURCE",
  "BASH_SUBSHELL",
  "BASH_TRAPSIG",
  "BASH_VERSINFO",
  "BASH_XTRACEFD",
  "DIRSTACK",
  "EPOCHREALTIME",
  "EPOCHSECONDS",
  "FUNCNAME",
  "GROUPS",
  "HISTCMD",
  "IGNOREEOF",
  "LINENO",
  "OPTIND",
  "PIPESTATUS",
  "POSIXLY_CORRECT",
  "RANDOM",
  "SECONDS",
  "SHLVL",
  "SRANDOM",
  "_",
  "ignoreeof",
]);

const NAME_MAX = 255;
const PATH_MAX = 4095;
/** 211, less the `.drv` that a derivation's own store name ends in. */
const STORE_NAME_MAX = 207;
const MAX_UID = 65533;

/** A name that becomes a store path's: a wrapper's or a program's. */
export const storeName: TextRule = (name) => {
  // Some versions of Nix refuse any name that starts with a dot; a "-" in front would read as an option.
  // Nix takes "?" too, but the shell would take it for a pattern.
  if (/^[0-9A-Za-z+_=][0-9A-Za-z+._=-]*$/.test(name) && name.length <= STORE_NAME_MAX)
    return undefined;
  return {
    message: `${show(name)} cannot name a program in the Nix store: at most ${STORE_NAME_MAX} letters, digits and + . _ = -, not starting with "." or "-"`,
    hint: example(
      name.replace(/[^0-9A-Za-z+._=-]+/g, "-").replace(/^[.-]+|-+$/g, ""),
      STORE_NAME_MAX,
      "rename it",
    ),
  };
};

/** A name that becomes an environment variable's. */
export const variableName: TextRule = (name) => {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    return {
      message: `${show(name)} cannot name an environment variable: letters, digits and _, not starting with a digit`,
      hint: example(
        name.replace(/[^a-zA-Z0-9_]+/g, "_").replace(/^(?=[0-9])/, "_"),
        NAME_MAX,
        "rename it",
      ),
    };
  if (RESERVED_VARIABLES.has(name) || name.startsWith("LD_"))
    return {
      message: `${name} is reserved: the shell or the loader that starts the agent reads or sets it`,
      hint: "choose the variable that the agent itself documents",
    };
  return undefined;
};

/** A name of a variable that is to hold a secret. */
export const secretVariableName: TextRule = (name) => {
  // Bash warns of a locale that it cannot set, and the warning holds the value.
  if (/^(?:LANG|LC_[A-Z]+)$/.test(name))
    return {
      message: `${name} cannot hold a secret: bash would show one that names no locale`,
      hint: "choose the variable that the agent itself documents",
    };
  return variableName(name);
};

/** A secret's name, which is its file's. */
export const secretName: TextRule = (name) => {
  if (
    /^[^./\p{Cc}][^/\p{Cc}]*$/u.test(name) &&
    isNixText(name) &&
    Buffer.byteLength(name) <= NAME_MAX
  )
    return undefined;
  return {
    message: `${show(name)} cannot name a secret's file: 1 to ${NAME_MAX} bytes, no "/" or control character, not starting with "."`,
    hint: example(name.replace(/[/\p{C}]+/gu, "-").replace(/^[.-]+/, ""), NAME_MAX, "rename it"),
  };
};

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

/** The name of the user that agents run as in a container. */
export const userName: TextRule = (name) => {
  if (/^[a-z_][a-z0-9_-]{0,30}$/.test(name) && name !== "root") return undefined;
  return {
    message: `${show(name)} cannot name the agents' user: 1 to 31 of a-z, 0-9, _ and -, not starting with a digit or "-", and not root`,
    hint: 'write "agent"',
  };
};

/** The number of the user that agents run as in a container. */
export function userId(uid: number): Problem | undefined {
  if (Number.isInteger(uid) && uid >= 1 && uid <= MAX_UID) return undefined;
  return {
    // Root in the container could mount the secrets again, writable.
    message: `${uid} cannot be the agents' user id: a whole number from 1 to ${MAX_UID}, not root's 0`,
    hint: "write 1000",
  };
}

/** Text that can be an argument, a variable's value or a description. */
export const nixText: TextRule = (text) => {
  const found = unfitForNix(text);
  if (found === undefined) return undefined;
  return {
    message: `${show(text)} holds ${found}, which neither Nix nor a process can take`,
    hint: "remove or encode it",
  };
};

function example(name: string, longest: number, otherwise: string): string {
  return name === "" || name.length > longest ? otherwise : `for example ${show(name)}`;
}
