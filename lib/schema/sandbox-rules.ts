import type { Diagnostic, Path } from "../error.ts";
import { fieldOf, type Member, membersOf } from "./members.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";
import { DEFAULT_SECRETS_MOUNT_POINT, DEFAULT_WORKSPACE_MOUNT_POINT } from "./template.ts";

// Like rules.ts, these read what a caller passed.

/** What a template's fields say together about the sandboxes made from it. */
export function checkSandboxFields(template: unknown, path: Path): Diagnostic[] {
  const found = checkMounts(templateMounts(template, path));
  if (fieldOf(template, "ephemeral") === false && fieldOf(template, "stateVersion") === undefined)
    found.push({
      path: [...path, "stateVersion"],
      message: "is missing: a sandbox that keeps its state has to know which release that is from",
      hint: 'write the release that you build it with first, such as "25.11"',
    });
  return found;
}

/** What the sandboxes of a configuration say, together and with their templates. */
export function checkSandboxes(config: unknown): Diagnostic[] {
  const templates = fieldOf(config, "templates");
  const sandboxes = membersOf(fieldOf(config, "sandboxes"), ["sandboxes"]);
  return [
    ...sandboxes.flatMap((sandbox) => checkSandbox(sandbox, templates)),
    ...checkAddresses(sandboxes),
  ];
}

function checkSandbox([sandbox, path]: Member, templates: unknown): Diagnostic[] {
  const name = fieldOf(sandbox, "template");
  if (typeof name !== "string") return [];
  const known = membersOf(templates, ["templates"]);
  const [template] = known.find(([, , other]) => other === name) ?? [];
  if (template === undefined)
    return [unknownName([...path, "template"], "template", name, known.map(nameOf))];
  const own = [...templateMounts(template, ["templates", name]), ...sandboxMounts(sandbox, path)];
  // What only the template holds twice is said there.
  const found = checkMounts(own).filter(({ path: [root] }) => root === "sandboxes");
  const network = fieldOf(template, "network");
  if (network === "none" || network === "host")
    for (const [end] of LINK_ENDS)
      if (fieldOf(sandbox, end) !== undefined)
        found.push({
          path: [...path, end],
          message: `its template's network is ${show(network)}, which has no link to give addresses to`,
          hint: 'leave it out, or give the template the network "private"',
        });
  return found;
}

/** The way out of a name that the configuration has not. */
export function unknownName(
  path: Path,
  what: "template" | "sandbox" | "agent",
  name: string,
  known: readonly string[],
): Diagnostic {
  return {
    path,
    message: `${show(name)} is no ${what} of this configuration`,
    hint: suggest(name, known, `define it in the configuration`),
  };
}

export function nameOf([, , name]: Member): string {
  return name;
}

interface Mount {
  readonly mountPoint: unknown;
  readonly path: Path;
  /** Who has the mount point, as a message says it. */
  readonly of: string;
}

function templateMounts(template: unknown, path: Path): Mount[] {
  return [
    {
      mountPoint: fieldOf(template, "secretsMountPoint") ?? DEFAULT_SECRETS_MOUNT_POINT,
      path: [...path, "secretsMountPoint"],
      of: "the secrets",
    },
    {
      mountPoint: fieldOf(template, "workspaceMountPoint") ?? DEFAULT_WORKSPACE_MOUNT_POINT,
      path: [...path, "workspaceMountPoint"],
      of: "the workspace",
    },
    ...boundMounts(template, path, "the template's bindMounts"),
  ];
}

function sandboxMounts(sandbox: unknown, path: Path): Mount[] {
  return boundMounts(sandbox, path, "the sandbox's bindMounts");
}

function boundMounts(owner: unknown, path: Path, of: string): Mount[] {
  return membersOf(fieldOf(owner, "bindMounts"), [...path, "bindMounts"]).map(
    ([, at, mountPoint]) => ({ mountPoint, path: at, of }),
  );
}

/** Refuses two mounts at one place, and any below the secrets, where nothing can be made. */
function checkMounts(mounts: readonly Mount[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<unknown, Mount>();
  const secrets = mounts.find(({ of }) => of === "the secrets")?.mountPoint;
  const isBelowSecrets = (path: string) =>
    typeof secrets === "string" && secrets !== "" && path.startsWith(`${secrets}/`);
  // The template's fixed mount points first, so that a message is about what was added to them.
  const fixedFirst = mounts.toSorted((one, other) => Number(isBound(one)) - Number(isBound(other)));
  for (const mount of fixedFirst) {
    const { mountPoint, path } = mount;
    const other = seen.get(mountPoint);
    if (other !== undefined)
      found.push({
        path,
        message: `the mount point ${show(mountPoint)} is that of ${other.of} already`,
        hint: "choose another one",
      });
    else if (typeof mountPoint === "string" && isBelowSecrets(mountPoint))
      found.push({
        path,
        message: `the mount point ${show(mountPoint)} is below the secrets, whose directory is read-only`,
        hint: "choose one beside it",
      });
    else seen.set(mountPoint, mount);
  }
  return found;
}

function isBound({ of }: Mount): boolean {
  return of.endsWith("bindMounts");
}

const LINK_ENDS = [
  ["hostAddress", "localAddress"],
  ["localAddress", "hostAddress"],
] as const;

function checkAddresses(sandboxes: readonly Member[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const owners = new Map<unknown, string>();
  for (const [sandbox, path, name] of sandboxes)
    for (const [end, otherEnd] of LINK_ENDS) {
      const address = fieldOf(sandbox, end);
      const at = [...path, end];
      if (address === undefined) {
        if (fieldOf(sandbox, otherEnd) !== undefined)
          found.push({
            path: at,
            message: `is missing: ${otherEnd} is the other end of the same link`,
            hint: "write both, or neither: then the sandbox's name decides",
          });
        continue;
      }
      const owner = owners.get(address);
      if (owner === undefined) owners.set(address, name);
      else
        found.push({
          path: at,
          message: `the address ${show(address)} is taken by the sandbox ${show(owner)}`,
          hint: "choose another one, or leave both ends out",
        });
    }
  return found;
}
