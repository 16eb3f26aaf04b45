import { unfitForNix } from "../nix/names.ts";
import { show } from "./show.ts";
import { example, type TextRule } from "./text-rule.ts";

/** Variables that decide what the shell, the loader or Node runs, and those that bash would not hand on as they are. */
const RESERVED_VARIABLES =
  "PATH HOME IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS4 NODE_OPTIONS UID EUID PPID BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_COMPAT BASH_LINENO BASH_MONOSECONDS BASH_SOURCE BASH_SUBSHELL BASH_TRAPSIG BASH_VERSINFO BASH_XTRACEFD DIRSTACK EPOCHREALTIME EPOCHSECONDS FUNCNAME GROUPS HISTCMD IGNOREEOF LINENO OPTIND PIPESTATUS POSIXLY_CORRECT RANDOM SECONDS SHLVL SRANDOM _ ignoreeof".split(
    " ",
  );

const NAME_MAX = 255;
/** 211, less the `.drv` that a derivation's own store name ends in. */
const STORE_NAME_MAX = 207;
/** NixOS refuses a normal user below it. */

/** A name that becomes a store path's: a wrapper's or a program's. */
export const storeName: TextRule = nameInStore("a program in the Nix store");

/** The name of a template, in the characters of its agents' names. */
export const templateName: TextRule = nameInStore("a template");

function nameInStore(what: string): TextRule {
  return [
    {
      // Some versions of Nix refuse any name that starts with a dot; a "-" in front would read as an option.
      // Nix takes "?" too, but the shell would take it for a pattern.
      pattern: /^[0-9A-Za-z+_=][0-9A-Za-z+._=-]*$/,
      maxBytes: STORE_NAME_MAX,
      problem: (name) => ({
        message: `${show(name)} cannot name ${what}: at most ${STORE_NAME_MAX} letters, digits and + . _ = -, not starting with "." or "-"`,
        hint: example(
          name.replace(/[^0-9A-Za-z+._=-]+/g, "-").replace(/^[.-]+|-+$/g, ""),
          STORE_NAME_MAX,
          "rename it",
        ),
      }),
    },
  ];
}

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
