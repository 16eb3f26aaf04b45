import type { Diagnostic, Path } from "../error.ts";
import { PAIRS } from "./addresses.ts";
import { fieldOf, type Member, membersOf } from "./members.ts";
import { checkHostPaths, checkMounts, sandboxMounts, templateMounts } from "./mount-rules.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";
import { defaultNetwork } from "./template.ts";

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
  const templates = new Map(
    membersOf(fieldOf(config, "templates"), []).map(([template, , name]) => [name, template]),
  );
  const sandboxes = membersOf(fieldOf(config, "sandboxes"), ["sandboxes"]);
  return [
    ...sandboxes.flatMap((sandbox) => checkSandbox(sandbox, templates)),
    ...checkAddresses(sandboxes),
    ...checkHostPaths(config),
  ];
}

function checkSandbox(
  [sandbox, path]: Member,
  templates: ReadonlyMap<string, unknown>,
): Diagnostic[] {
  const name = fieldOf(sandbox, "template");
  if (typeof name !== "string") return [];
  const template = templates.get(name);
  if (template === undefined)
    return [unknownName([...path, "template"], "template", name, [...templates.keys()])];
  const own = [...templateMounts(template, ["templates", name]), ...sandboxMounts(sandbox, path)];
  // What only the template holds twice is said there.
  const found = checkMounts(own).filter(({ path: [root] }) => root === "sandboxes");
  const network = fieldOf(template, "network") ?? defaultNetwork(fieldOf(template, "auth"));
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

const LINK_ENDS = [
  ["hostAddress", "localAddress"],
  ["localAddress", "hostAddress"],
] as const;

function checkAddresses(sandboxes: readonly Member[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (sandboxes.length > PAIRS)
    found.push({
      path: ["sandboxes"],
      message: `there are ${sandboxes.length} sandboxes, and addresses for ${PAIRS}`,
      hint: "give each host a configuration of its own",
    });
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
          message:
            owner === name
              ? `the address ${show(address)} cannot be that of both ends`
              : `the address ${show(address)} is taken by the sandbox ${show(owner)}`,
          hint: "choose another one, or leave both ends out",
        });
    }
  return found;
}
