import { nixText } from "./names.ts";
import { show } from "./show.ts";
import type { TextRule } from "./text-rule.ts";

const INPUT_NAME = "[a-zA-Z_][a-zA-Z0-9_-]*";

/** The name of a flake's input. */
export const flakeInputName: TextRule = [
  {
    pattern: new RegExp(`^${INPUT_NAME}$`),
    not: /^self$/,
    problem: (name) => ({
      message: `${show(name)} cannot name a flake's input: letters, digits, _ and -, not starting with a digit or "-", and not self`,
      hint: 'write a name such as "nixpkgs"',
    }),
  },
];

/** What an input of a flake's input follows: nothing, an input of the flake, or an input of such a one, and so on. */
export const followedInput: TextRule = [
  {
    pattern: new RegExp(`^(?:${INPUT_NAME}(?:/${INPUT_NAME})*)?$`),
    problem: (path) => ({
      message: `${show(path)} is nothing to follow: an input's name, or several with "/" between them`,
      hint: 'write one such as "nixpkgs" or "home-manager/nixpkgs", or "" for none',
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

/** The URL of a flake's input. */
export const flakeUrl: TextRule = [
  {
    not: /^$|\s/,
    problem: (url) => ({
      message: `${show(url)} is no URL of a flake's input: it may not be empty or hold white space`,
      hint: 'write one such as "github:NixOS/nixpkgs/nixos-25.11", with "%20" for a space',
    }),
  },
  ...nixText,
];
