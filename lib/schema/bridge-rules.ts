import type { Diagnostic, Path } from "../error.ts";
import { credentialName } from "./bridge-names.ts";
import { portOf, usesBridge } from "./endpoint-rules.ts";
import { endpointOf } from "./endpoints.ts";
import { fieldOf, itemsOf, type Member, membersOf } from "./members.ts";
import { checkProvider, headersOf } from "./provider-rules.ts";
import { isProviderName } from "./providers.ts";
import { agentsOf, type SecretUse, secretUses } from "./secret-uses.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";
import { brokenBy } from "./text-rule.ts";

// Like rules.ts, these read what a caller passed.

/** What a configuration's bridge says, with its secrets, its templates and its sandboxes. */
export function checkBridge(config: unknown): Diagnostic[] {
  const bridge = fieldOf(config, "bridge");
  const credentials = membersOf(fieldOf(bridge, "credentials"), ["bridge", "credentials"]);
  const names = {
    secrets: membersOf(fieldOf(config, "secrets"), []).map(([, , name]) => name),
    credentials: credentials.map(([, , name]) => name),
  };
  const clients = membersOf(fieldOf(fieldOf(bridge, "tcp"), "clients"), [
    ...["bridge", "tcp", "clients"],
  ]);
  const templates = membersOf(fieldOf(config, "templates"), ["templates"]).filter(([template]) =>
    usesBridge(template),
  );
  const named = [
    ...clients,
    ...templates.map(
      ([template, path]) => [fieldOf(template, "bridge"), [...path, "bridge"]] as const,
    ),
  ];
  return [
    ...credentials.flatMap((credential) => checkCredential(credential, names.secrets)),
    ...named.flatMap(([owner, path]) => checkNamed(owner, path, names)),
    ...checkHeaders([...credentials, ...named], headersOf(credentials)),
    ...checkAgents(templates, names),
    ...checkPorts(config, templates),
  ];
}

interface Names {
  readonly secrets: readonly string[];
  readonly credentials: readonly string[];
}

function checkCredential(
  [credential, path, name]: Member,
  secrets: readonly string[],
): Diagnostic[] {
  const [secret, command] = [fieldOf(credential, "secret"), fieldOf(credential, "command")];
  const found = checkProvider(fieldOf(credential, "provider"), [...path, "provider"]);
  if (command !== undefined) found.push(...checkCommand(command, secret, path));
  else if (fieldOf(credential, "lifetimeSeconds") !== undefined)
    found.push({
      path: [...path, "lifetimeSeconds"],
      message: "only what a command prints has a lifetime: a secret's file is read when it changes",
      hint: 'leave it out, or write "command"',
    });
  else found.push(...checkSecret(secret, name, path, secrets));
  return found;
}

function checkCommand(command: unknown, secret: unknown, path: Path): Diagnostic[] {
  if (secret !== undefined)
    return [
      {
        path,
        message: "it has two sources: a secret, and a command",
        hint: "keep one of them",
      },
    ];
  if (!Array.isArray(command)) return [];
  const program: unknown = command[0];
  if (typeof program === "string" ? program.startsWith("/") : program !== undefined) return [];
  return [
    {
      path: [...path, "command"],
      message: "a command is a program by its absolute path, and its arguments",
      hint: 'write one such as ["/run/current-system/sw/bin/token", "--short"]',
    },
  ];
}

function checkSecret(
  secret: unknown,
  credential: string,
  path: Path,
  known: readonly string[],
): Diagnostic[] {
  const name = secret ?? credential;
  if (typeof name !== "string") return [];
  if (!known.includes(name))
    return [
      {
        path: secret === undefined ? path : [...path, "secret"],
        message: `${show(name)} is no secret of this configuration${secret === undefined ? ", and no other one is named" : ""}`,
        hint: suggest(name, known, 'add it to "secrets" with its path on the host'),
      },
    ];
  // A credential's own name is checked where it stands.
  return secret === undefined ? [] : unfitName(name, [...path, "secret"]);
}

/** A secret that the bridge uses is a file of its name there, and part of URLs. */
function unfitName(name: string, path: Path): Diagnostic[] {
  const broken = brokenBy(name, credentialName);
  return broken === undefined ? [] : [{ path, ...broken }];
}

function checkNamed(owner: unknown, path: Path, { credentials }: Names): Diagnostic[] {
  const at = [...path, "credentials"];
  const seen = new Set<unknown>();
  return itemsOf(fieldOf(owner, "credentials"), at).flatMap(([name, place]) => {
    if (typeof name !== "string") return [];
    if (!credentials.includes(name)) return [unknownCredential(name, place, credentials)];
    if (seen.has(name))
      return [{ path: place, message: `${show(name)} stands twice`, hint: "leave one out" }];
    seen.add(name);
    return [];
  });
}

function unknownCredential(name: string, path: Path, known: readonly string[]): Diagnostic {
  return {
    path,
    message: `${show(name)} is no credential of this configuration's bridge`,
    hint: suggest(
      name,
      known,
      'add it to "bridge.credentials" with its provider, such as "anthropic"',
    ),
  };
}

/** A policy that sets the header of some credential would send what is no key in a key's place. */
function checkHeaders(
  owners: readonly (readonly [value: unknown, path: Path, ...rest: unknown[]])[],
  headers: ReadonlySet<string>,
): Diagnostic[] {
  return owners
    .flatMap(([owner, path]) =>
      membersOf(fieldOf(fieldOf(owner, "policy"), "setHeaders"), [...path, "policy", "setHeaders"]),
    )
    .filter(([, , header]) => headers.has(header))
    .map(([, path, header]) => ({
      path,
      message: `the header ${show(header)} carries a credential`,
      hint: "leave it out: the bridge sets it",
    }));
}

/** Whether each key of an agent is of some provider, and of one alone. */
function checkAgents(templates: readonly Member[], names: Names): Diagnostic[] {
  const shownTo = new Map<string, string>();
  return templates.flatMap(([template, path]) =>
    agentsOf(template, path).flatMap(([agent, at]) =>
      secretUses(agent, at).flatMap((use) => checkUse(agent, use, names, shownTo)),
    ),
  );
}

function checkUse(
  agent: unknown,
  { variable, secret, secretPath: path }: SecretUse,
  { secrets, credentials }: Names,
  shownTo: Map<string, string>,
): Diagnostic[] {
  if (typeof secret !== "string" || credentials.includes(secret)) return [];
  if (!secrets.includes(secret)) {
    const known = [...new Set([...credentials, ...secrets])];
    return [
      {
        path,
        message: `${show(secret)} is neither a credential of this configuration's bridge nor a secret`,
        hint: suggest(secret, known, 'add it to "secrets" with its path on the host'),
      },
    ];
  }
  if (typeof variable !== "string") return [];
  const provider = fieldOf(endpointOf(agent, variable), "provider");
  const known = shownTo.get(secret);
  if (isProviderName(provider) && (known === undefined || known === provider)) {
    shownTo.set(secret, provider);
    return unfitName(secret, path);
  }
  // How an agent is told has been asked for already.
  if (endpointOf(agent, variable) === undefined) return [];
  return [
    {
      path,
      message: isProviderName(provider)
        ? `the secret ${show(secret)} would be shown to ${show(provider)}, and elsewhere to ${show(known)}`
        : `nobody knows which provider the secret ${show(secret)} is for`,
      hint: `say it: bridge: { credentials: { ${show(secret)}: { provider: "openai" } } }`,
    },
  ];
}

/** On the host's network the bridge is at the host's own address, which others cannot have as well. */
function checkPorts(config: unknown, templates: readonly Member[]): Diagnostic[] {
  const ports = new Map(
    templates
      .filter(([template]) => fieldOf(template, "network") === "host")
      .map(([template, , name]) => [name, portOf(template)]),
  );
  const owners = new Map<unknown, string>();
  return membersOf(fieldOf(config, "sandboxes"), ["sandboxes"]).flatMap(([sandbox, path, name]) => {
    const template = fieldOf(sandbox, "template");
    if (typeof template !== "string" || !ports.has(template)) return [];
    const port = ports.get(template);
    const owner = owners.get(port);
    if (owner === undefined) {
      owners.set(port, name);
      return [];
    }
    return [
      {
        path: [...path, "template"],
        message: `on the host's network it would find the bridge at the same port as the sandbox ${show(owner)}, and be taken for it`,
        hint: 'give one of them a template with another "bridge.port", or with the network "none"',
      },
    ];
  });
}
