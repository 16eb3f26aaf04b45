import dedent from "dedent";
import { apply, attrs, bind, fn, indented, letIn, ref, str } from "../nix/index.ts";
import type { Nix, NixEntry } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import { SECRETS_ROOT } from "../schema/paths.ts";
import type { Template } from "../schema/types.ts";

/** A backslash in these texts is the shell's, so dedent is told to leave it. */
const bash = dedent.withOptions({ escapeSpecialCharacters: false });

/**
 * - What an earlier life of the sandbox left is never bound again, so the directory is made anew.
 * - The directory above is root's alone; a sandbox sees only its own, through the bind.
 * - install(1) makes each file for root alone, and gives it away when it is whole.
 * - A link is followed: sops-nix and agenix point to their current generation with one.
 */
const copyScript = (uid: string) => bash`
  failed=
  copy_secret() {
    local problem=
    if [[ ! -e $2 ]]; then
      problem="is missing"
    elif [[ ! -f $2 ]]; then
      problem="is not a file"
    elif [[ ! -s $2 ]]; then
      problem="is empty"
    elif ! install -m 0400 -o ${uid} -g ${uid} -- "$2" "$copies/$1"; then
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
  const hole = "UID";
  const [first = "", ...rest] = copyScript(hole).split(hole);
  const uid = apply(ref("toString"), ref("uid"));
  const calls = apply(
    ref("lib", "concatStringsSep"),
    "\n",
    apply(ref("lib", "mapAttrsToList"), ref("copySecret"), ref("secrets")),
  );
  return indented(
    "copies=",
    copies,
    `\n${first}`,
    ...rest.flatMap((text) => [uid, text]),
    "\n",
    calls,
    "\nif [[ $failed ]]; then\n  exit 1\nfi\n",
  );
}

/** A function of a sandbox's name, its user's id and its secrets, with what the members share in a `let`. */
function ofSandbox(own: readonly NixEntry[], members: readonly NixEntry[]): Nix {
  const escaped = (variable: string) => apply(ref("lib", "escapeShellArg"), ref(variable));
  const call = str`copy_secret ${escaped("name")} ${escaped("file")}`;
  const entries = [
    ...own,
    bind("copies", str`${SECRETS_ROOT}/${sandbox}`),
    bind("copySecret", fn("name", fn("file", call))),
  ];
  return fn("sandbox", fn("uid", fn("secrets", letIn(entries, attrs(members)))));
}

const removal = str`rm -rf -- ${copies}`;

/**
 * The unit that copies a sandbox's secrets before its container starts. It stops, and so removes them, when the container
 * does, whether somebody stopped that or it died.
 */
export function secretsUnit(): Nix {
  const container = [ref("container")];
  return ofSandbox(
    [bind("container", str`container@${sandbox}.service`)],
    [
      bind("description", str`Secrets of the sandbox ${sandbox}`),
      bind("before", container),
      bind("requiredBy", container),
      bind("bindsTo", container),
      bind("serviceConfig", { Type: "oneshot", RemainAfterExit: true }),
      bind("script", copyAll()),
      // After a start that failed half-way, too.
      bind("postStop", removal),
    ],
  );
}

/** The same as additions to the container's own unit, for extra-container, which installs no other units. */
export function secretsHooks(): Nix {
  return ofSandbox([], [bind("preStart", copyAll()), bind("postStop", removal)]);
}

/** The secrets that a template's agents name, each once, in the order of their bytes. */
export function secretNamesOf(template: Template): readonly string[] {
  const names = Object.values(template.agents).flatMap(({ secrets }) =>
    secrets.map(({ secretName }) => secretName),
  );
  return [...new Set(names)].toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
}

/** The secrets of a template with their files on the host. */
export function secretFilesOf(
  config: Config,
  template: Template,
): ReadonlyMap<string, string | Nix> {
  return new Map(
    secretNamesOf(template).flatMap((name) => {
      const file = config.secrets[name];
      return file === undefined ? [] : [[name, file] as const];
    }),
  );
}
