import {
  apply,
  assertThat,
  attrs,
  bind,
  fn,
  indented,
  letIn,
  not,
  op,
  ref,
  str,
} from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import { SECRETS_ROOT } from "../schema/paths.ts";
import type { Template } from "../schema/types.ts";
import { bash } from "./bash.ts";

/**
 * - What an earlier life of the sandbox left is never bound again, so the directory is made anew.
 * - The directory above is root's alone; a sandbox sees only its own, through the bind.
 * - install(1) makes each file for root alone, and gives it away when it is whole.
 * - A link is followed: sops-nix and agenix point to their current generation with one.
 */
const COPY_SECRETS = bash`
  failed=
  copy_secret() {
    local problem=
    if [[ ! -e $2 ]]; then
      problem="is missing"
    elif [[ ! -f $2 ]]; then
      problem="is not a file"
    elif [[ ! -s $2 ]]; then
      problem="is empty"
    elif ! install -m 0400 -o "$owner" -g "$owner" -- "$2" "$copies/$1"; then
      problem="cannot be copied"
    fi
    if [[ $problem ]]; then
      echo "forage: the secret $1: $2 $problem" >&2
      failed=yes
    fi
  }
  rm -rf -- "$copies"
  install -d -m 0700 ${SECRETS_ROOT}
  install -d -m 0755 "$copies"
`;

const sandbox = ref("sandbox");
const copies = ref("copies");

function copyAll(): Nix {
  const calls = apply(
    ref("lib", "concatStringsSep"),
    "\n",
    apply(ref("lib", "mapAttrsToList"), ref("copySecret"), ref("secrets")),
  );
  return indented(
    "copies=",
    copies,
    "\nowner=",
    apply(ref("toString"), ref("uid")),
    `\n${COPY_SECRETS}\n`,
    calls,
    "\nif [[ $failed ]]; then\n  exit 1\nfi\n",
  );
}

/**
 * A function of a sandbox's name, its user's id and its secrets, with what the members share in a `let`.
 *
 * @param isKnown whether every secret's path is known, and checked, before Nix evaluates
 */
function ofSandbox(own: readonly NixEntry[], members: readonly NixEntry[], isKnown: boolean): Nix {
  const escaped = (variable: string) => apply(ref("lib", "escapeShellArg"), ref(variable));
  const call = str`copy_secret ${escaped("name")} ${escaped("file")}`;
  const copySecret = isKnown ? call : assertThat(isHostFile, call);
  const entries = [
    ...own,
    bind("copies", str`${SECRETS_ROOT}/${sandbox}`),
    bind("copySecret", fn("name", fn("file", copySecret))),
  ];
  return fn("sandbox", fn("uid", fn("secrets", letIn(entries, attrs(members)))));
}

/** What a path is to be that nobody knows before Nix evaluates: not a path literal, and not the content of a file. */
export const isHostFile: Nix = apply(
  ref("lib", "assertMsg"),
  op(
    op(
      apply(ref("builtins", "isString"), ref("file")),
      "&&",
      apply(ref("lib", "hasPrefix"), "/", ref("file")),
    ),
    "&&",
    not(apply(ref("lib", "hasPrefix"), ref("builtins", "storeDir"), ref("file"))),
  ),
  str`the secret ${ref("name")} is no path of a file outside of the Nix store`,
);

const removal = str`rm -rf -- ${copies}`;

/**
 * The unit that copies a sandbox's secrets before its container starts, and removes them when that has stopped.
 *
 * - `partOf` makes them anew when the container is restarted, also by itself after it died or rebooted.
 * - `StopWhenUnneeded` removes them when it is gone, however that came about. `bindsTo` would do so too, and then keep
 *   systemd from restarting the container: stopping this unit stops whatever requires it.
 * - A sandbox that works is not to be restarted because its host was rebuilt.
 */
export function secretsUnit(isKnown: boolean): Nix {
  const container = [ref("container")];
  return ofSandbox(
    [bind("container", str`container@${sandbox}.service`)],
    [
      bind("description", str`Secrets of the sandbox ${sandbox}`),
      bind("before", container),
      bind("requiredBy", container),
      bind("partOf", container),
      bind(["unitConfig", "StopWhenUnneeded"], true),
      bind("restartIfChanged", false),
      bind("serviceConfig", { Type: "oneshot", RemainAfterExit: true }),
      bind("script", copyAll()),
      // After a start that failed half-way, too.
      bind("postStop", removal),
    ],
    isKnown,
  );
}

/** The same as additions to the container's own unit, for extra-container, which installs no other units. */
export function secretsHooks(isKnown: boolean): Nix {
  return ofSandbox([], [bind("preStart", copyAll()), bind("postStop", removal)], isKnown);
}

/** The order of names where none is meant. */
export function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** The secrets that a template's sandboxes have copies of, each once, in the order of their bytes. */
export function secretNamesOf(template: Template): readonly string[] {
  if (template.auth === "bridge") return [];
  const names = Object.values(template.agents).flatMap(({ secrets }) =>
    secrets.map(({ secretName }) => secretName),
  );
  return [...new Set(names)].toSorted(byBytes);
}

/** Secrets by their names, each with its file on the host. */
export type SecretFiles = ReadonlyMap<string, string | Nix>;

/** The secrets of a template. */
export function secretFilesOf(config: Config, template: Template): SecretFiles {
  return new Map(
    secretNamesOf(template).flatMap((name) => {
      const file = config.secrets[name];
      return file === undefined ? [] : [[name, file] as const];
    }),
  );
}
