import { unfitForNix } from "../nix/names.ts";
import { show } from "./show.ts";

/** Why a value breaks a rule, and the way out. */
export interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** One condition on a text. What it tests is what the JSON Schema shows. */
interface TextClause {
  /** What the text has to match; one of a rule's conditions may say that. */
  readonly pattern?: RegExp;
  /** What it must not match. */
  readonly not?: RegExp;
  readonly maxBytes?: number;
  readonly problem: (text: string) => Problem;
}

/** The conditions on a text, in the order in which they speak up. */
export type TextRule = readonly TextClause[];

/** The range of a whole number. */
export interface NumberRule {
  readonly minimum: number;
  readonly maximum: number;
  readonly problem: (value: number) => Problem;
}

/** Why a text breaks a rule; nothing when it keeps it. */
export function brokenBy(text: string, rule: TextRule): Problem | undefined {
  return rule
    .find(
      ({ pattern, not, maxBytes }) =>
        pattern?.test(text) === false ||
        not?.test(text) ||
        (maxBytes !== undefined && Buffer.byteLength(text) > maxBytes),
    )
    ?.problem(text);
}

/** Variables that decide what the shell, the loader or Node runs, and those that bash would not hand on as they are. */
const RESERVED_VARIABLES =
  "PATH HOME IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS4 NODE_OPTIONS UID EUID PPID BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_LINENO BASH_MONOSECONDS BASH_SOURCE BASH_SUBSHELL BASH_TRAPSIG BASH_VERSINFO BASH_XTRACEFD DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME GROUPS HISTCMD IGNOREEOF LINENO OPTIND PIPESTATUS POSIXLY_CORRECT RANDOM SECONDS SHLVL SRANDOM _ ignoreeof".split(
    " ",
  );

const NAME_MAX = 255;
/** 211, less the `.drv` that a derivation's own store name ends in. */
const STORE_NAME_MAX = 207;
const MAX_UID = 65533;

/** A name that becomes a store path's: a wrapper's or a program's. */
export const storeName: TextRule = [
  {
    // Some versions of Nix refuse any name that starts with a dot; a "-" in front would read as an option.
    // Nix takes "?" too, but the shell would take it for a pattern.
    pattern: /^[0-9A-Za-z+_=][0-9A-Za-z+._=-]*$/,
    maxBytes: STORE_NAME_MAX,
    problem: (name) => ({
      message: `${show(name)} cannot name a program in the Nix store: at most ${STORE_NAME_MAX} letters, digits and + . _ = -, not starting with "." or "-"`,
      hint: example(
        name.replace(/[^0-9A-Za-z+._=-]+/g, "-").replace(/^[.-]+|-+$/g, ""),
        STORE_NAME_MAX,
        "rename it",
      ),
    }),
  },
];

const ANOTHER_VARIABLE = "choose the variable that the agent itself documents";

/** A name that becomes an environment variable's. */
export const variableName: TextRule = [
  {
    pattern: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    problem: (name) => ({
      message: `${show(name)} cannot name an environment variable: letters, digits and _, not starting with a digit`,
      hint: example(
        name.replace(/[^a-zA-Z0-9_]+/g, "_").replace(/^(?=[0-9])/, "_"),
        NAME_MAX,
        "rename it",
      ),
    }),
  },
  {
    not: new RegExp(`^LD_|^(?:${RESERVED_VARIABLES.join("|")})$`),
    problem: (name) => ({
      message: `${name} is reserved: the shell or the loader that starts the agent reads or sets it`,
      hint: ANOTHER_VARIABLE,
    }),
  },
];

/** A name of a variable that is to hold a secret. */
export const secretVariableName: TextRule = [
  {
    // Bash warns of a locale that it cannot set, and the warning holds the value.
    not: /^(?:LANG|LC_[A-Z]+)$/,
    problem: (name) => ({
      message: `${name} cannot hold a secret: bash would show one that names no locale`,
      hint: ANOTHER_VARIABLE,
    }),
  },
  ...variableName,
];

/** A secret's name, which is its file's. */
export const secretName: TextRule = [
  {
    pattern: /^[^./\p{Cc}\p{Cs}][^/\p{Cc}\p{Cs}]*$/u,
    maxBytes: NAME_MAX,
    problem: (name) => ({
      message: `${show(name)} cannot name a secret's file: 1 to ${NAME_MAX} bytes, no "/" or control character, not starting with "."`,
      hint: example(name.replace(/[/\p{C}]+/gu, "-").replace(/^[.-]+/, ""), NAME_MAX, "rename it"),
    }),
  },
];

/** The name of the user that agents run as in a container. */
export const userName: TextRule = [
  {
    pattern: /^[a-z_][a-z0-9_-]{0,30}$/,
    not: /^root$/,
    problem: (name) => ({
      message: `${show(name)} cannot name the agents' user: 1 to 31 of a-z, 0-9, _ and -, not starting with a digit or "-", and not root`,
      hint: 'write "agent"',
    }),
  },
];

/** The number of the user that agents run as in a container. */
export const userId: NumberRule = {
  minimum: 1,
  maximum: MAX_UID,
  problem: (uid) => ({
    // Root in the container could mount the secrets again, writable.
    message: `${uid} cannot be the agents' user id: a whole number from 1 to ${MAX_UID}, not root's 0`,
    hint: "write 1000",
  }),
};

/** Text that can be an argument, a variable's value or a description. */
export const nixText: TextRule = [
  {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about NUL, and not every validator knows "\0".
    pattern: /^[^\u0000\p{Cs}]*$/u,
    problem: (text) => ({
      message: `${show(text)} holds ${unfitForNix(text)}, which neither Nix nor a process can take`,
      hint: "remove or encode it",
    }),
  },
];

/** The name of a sandbox, which is its container's. */
export const sandboxName: TextRule = [
  {
    // nixos-container takes no more than 11 characters and not "0"; the NixOS module refuses "_".
    pattern: /^[a-z0-9](?:[a-z0-9-]{0,9}[a-z0-9])?$/,
    not: /^0$/,
    problem: (name) => {
      const shorter = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .slice(0, 11)
        .replace(/^-+|-+$/g, "");
      return {
        message: `${show(name)} cannot name a sandbox: its container takes 1 to 11 of a-z, 0-9 and -, not at either end, and not "0"`,
        hint: example(shorter === "0" ? "" : shorter, 11, "rename it"),
      };
    },
  },
];

/** The name of a package, as `lib.getName` says it. */
export const packageName: TextRule = [
  {
    pattern: /^[0-9A-Za-z+._?=-]+$/,
    problem: (name) => ({
      message: `${show(name)} is no package's name: letters, digits and + . _ ? = - only`,
      hint: 'write the package\'s pname, such as "claude-code"',
    }),
  },
];

/** A release of NixOS, for `system.stateVersion`. */
export const stateVersion: TextRule = [
  {
    pattern: /^[0-9]{2}\.[0-9]{2}$/,
    problem: (version) => ({
      message: `${show(version)} is no release of NixOS: a year and a month of two digits each`,
      hint: 'write the release that the state is from, such as "25.11"',
    }),
  },
];

/** A network interface of a host. */
export const interfaceName: TextRule = [
  {
    pattern: /^[A-Za-z0-9._@-]{1,15}$/,
    problem: (name) => ({
      message: `${show(name)} cannot name a network interface: 1 to 15 letters, digits and . _ @ -`,
      hint: 'write what `ip link` calls it, such as "eth0"',
    }),
  },
];

/** The name of a flake's input. */
export const flakeInputName: TextRule = [
  {
    pattern: /^[a-zA-Z_][a-zA-Z0-9_-]*$/,
    not: /^self$/,
    problem: (name) => ({
      message: `${show(name)} cannot name a flake's input: letters, digits, _ and -, not starting with a digit or "-", and not self`,
      hint: 'write a name such as "nixpkgs"',
    }),
  },
];

/** A system that a flake has packages for. */
export const systemName: TextRule = [
  {
    pattern: /^[a-z0-9_]+-[a-z0-9]+$/,
    problem: (name) => ({
      message: `${show(name)} is no system: a processor and a kernel, with "-" between them`,
      hint: 'write one such as "x86_64-linux"',
    }),
  },
];

const OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/** An IPv4 address, without the length of a prefix. */
export const ipv4Address: TextRule = [
  {
    pattern: new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`),
    problem: (address) => ({
      message: `${show(address)} is no IPv4 address: four numbers from 0 to 255`,
      hint: 'write one such as "10.233.7.1", without a "/" and a length',
    }),
  },
];

function example(name: string, longest: number, otherwise: string): string {
  return name === "" || name.length > longest ? otherwise : `for example ${show(name)}`;
}
