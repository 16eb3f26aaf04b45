import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineConfig, ForageError } from "../../lib/index.ts";
import { configJsonSchema } from "../../lib/schema/json-schema.ts";

interface Schema {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly not?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly description?: string;
}

const SCHEMA = configJsonSchema() as Schema;
const isValid = new Ajv2020({ strict: true }).compile(SCHEMA);

function problems(json: unknown): string[] {
  try {
    defineConfig(json as never);
    return [];
  } catch (error) {
    if (!(error instanceof ForageError)) throw error;
    return error.diagnostics.map(({ path, message }) => `${path.join("/")}: ${message}`);
  }
}

/** Everything that a configuration can say in JSON. */
const FULL = {
  $schema: "./forage.schema.json",
  secrets: {
    anthropic: "/run/secrets/anthropic",
    "öpen ai": "/run/agenix/openai",
    github: "/run/secrets/github",
  },
  bridge: {
    credentials: {
      claude: {
        provider: "anthropic",
        secret: "anthropic",
        policy: {
          allow: ["POST /v1/messages"],
          models: ["claude-*"],
          maxTokens: 32_000,
          setHeaders: { "x-team": "a" },
          removeHeaders: ["x-trace"],
        },
        limits: {
          requestsPerMinute: 60,
          concurrentRequests: 8,
          tokensPerMinute: 100_000,
          tokensPerDay: 1_000_000,
          dollarsPerDay: 0.5,
        },
      },
      github: { provider: "github-git" },
      gateway: {
        provider: {
          upstream: "http://gateway.example.com:8080/api",
          header: "authorization",
          scheme: "Basic",
          user: "team",
          format: "plain",
          allow: ["GET /**", "POST /v1/*:run"],
          headers: { "x-tenant": "a b" },
          ca: "/etc/ssl/gateway.pem",
          allowPrivateAddress: true,
          allowHttp: true,
        },
        command: ["/run/current-system/sw/bin/token", "--short"],
        lifetimeSeconds: 60,
      },
    },
    limits: { tokensPerDay: 5_000_000 },
    prices: { "claude-*": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } },
    audit: {
      directory: "/srv/audit",
      onFailure: "open",
      maxBytes: 4096,
      maxHours: 1,
      maxFiles: 7,
    },
    hooks: "./hooks.ts",
    tcp: {
      address: "127.0.0.1",
      port: 8080,
      clients: {
        laptop: {
          credentials: ["claude"],
          tokenFile: "/run/secrets/laptop",
          policy: {},
          limits: {},
        },
      },
    },
    workers: 4,
    redis: "redis://127.0.0.1:6379",
    idleSeconds: 60,
    maxBodyBytes: 1_000_000,
  },
  templates: {
    default: {
      agents: {
        claude: {
          package: "claude-code",
          secretName: "anthropic",
          authEnvVar: "ANTHROPIC_API_KEY",
          secrets: { OPENAI_API_KEY: "öpen ai" },
          mainProgram: "claude",
          args: ["--x", ""],
          env: { A: "line\nline" },
          onMissingSecret: "fail",
          multiline: true,
          endpoints: { OPENAI_API_KEY: { unavailable: "It is old." } },
          unfreePackages: ["claude-code"],
        },
        "7z+": { package: "a.b", secrets: [{ variable: "KEY", secretName: "anthropic" }] },
      },
      extraPackages: ["git", "python3Packages.requests"],
      description: "All of it 🦊",
      secretsMountPoint: "/run/keys",
      user: { name: "dev", uid: 65533 },
      workspaceMountPoint: "/work",
      bindMounts: { "/data": { hostPath: "/srv/data", isReadOnly: false } },
      network: "private",
      ephemeral: false,
      stateVersion: "25.11",
      unfreePackages: ["x"],
      imports: ["./claude.nix", "../x"],
    },
    other: { agents: {}, network: "none", ephemeral: true },
    bridged: {
      auth: "bridge",
      network: "host",
      agents: {
        mine: {
          package: "mine",
          secretName: "claude",
          authEnvVar: "MY_KEY",
          endpoints: {
            MY_KEY: {
              provider: "anthropic",
              env: { MY_URL: "{url}" },
              args: ["--url={url}"],
              placeholder: "my-placeholder",
            },
          },
        },
      },
      bridge: { credentials: ["github"], limits: {}, policy: {}, port: 7879 },
    },
  },
  sandboxes: {
    alice: {
      template: "default",
      workspace: "/srv/alice",
      bindMounts: { "/etc/x": { hostPath: "/etc/x" } },
      hostAddress: "10.0.0.1",
      localAddress: "10.0.0.255",
      autoStart: true,
    },
    ci: { template: "other" },
  },
  outputs: {
    "nix/wrappers.nix": "wrappers",
    "packages.nix": "packages",
    "overlay.nix": "overlay",
    "template.nix": "template",
    "hosts.nix": "nixos-module",
    "extra.nix": "extra-container",
    "bridge.nix": "bridge-module",
    "flake-module.nix": "flake-module",
    "flake.nix": "flake",
    "a.nix": { kind: "wrapper", template: "default", agent: "claude" },
    "b.nix": { kind: "wrappers", template: "default", agents: ["claude", "7z+"] },
    "c.nix": { kind: "packages", templates: ["default", "other"] },
    "d.nix": { kind: "overlay", templates: [] },
    "e.nix": { kind: "template", template: "other" },
    "f.nix": { kind: "container", sandbox: "alice" },
    "g.nix": { kind: "nixos-module", sandboxes: ["alice"], externalInterface: "eth0" },
    "h.nix": { kind: "extra-container", sandboxes: ["ci"], enableWAN: true },
    "j.nix": { kind: "bridge-module", sandboxes: [] },
    "i.nix": { kind: "flake-module", templates: [], sandboxes: [], externalInterface: "a.1@b" },
    "x/flake.nix": {
      kind: "flake",
      templates: ["default"],
      sandboxes: ["alice"],
      externalInterface: "wlan0",
      description: "Agents",
      inputs: {
        nixpkgs: "nixpkgs",
        x: { url: "x", follows: { nixpkgs: "nixpkgs", a: "", b: "x/a" } },
        y: { url: "github:a/b", flake: false },
      },
      systems: ["x86_64-linux"],
    },
  },
};

type Step = string | number;

/** The full configuration with something else in one place. */
function changed(path: readonly Step[], value: unknown): unknown {
  const config = structuredClone(FULL);
  const last = path.at(-1) ?? "";
  // biome-ignore lint/suspicious/noExplicitAny: any place of a plain value
  const owner: any = path.slice(0, -1).reduce((at: any, step) => at[step], config);
  if (value === undefined) delete owner[last];
  else Object.defineProperty(owner, last, { value, enumerable: true, configurable: true });
  return config;
}

const CREDENTIAL = ["bridge", "credentials", "claude"] as const;
const PROVIDER = ["bridge", "credentials", "gateway", "provider"] as const;
const BRIDGED = ["templates", "bridged"] as const;
const TEMPLATE = ["templates", "default"] as const;
const AGENT = [...TEMPLATE, "agents", "claude"] as const;
const ALICE = ["sandboxes", "alice"] as const;

const MISTAKES: readonly (readonly [what: string, path: readonly Step[], value: unknown])[] = [
  ["an unknown field", ["secret"], {}],
  ["an unknown field called __proto__", ["__proto__"], {}],
  [
    "a credential's name",
    ["bridge", "credentials", "a_b"],
    { provider: "openai", secret: "anthropic" },
  ],
  ["no provider", [...CREDENTIAL, "provider"], undefined],
  ["an unknown provider", [...CREDENTIAL, "provider"], "antropic"],
  ["a query", [...PROVIDER, "upstream"], "https://a.example/?x=1"],
  ["a fragment", [...PROVIDER, "upstream"], "https://a.example#x"],
  ["a password", [...PROVIDER, "upstream"], "https://a:b@a.example"],
  ["a slash at the end", [...PROVIDER, "upstream"], "https://a.example/"],
  ["another scheme", [...PROVIDER, "upstream"], "ftp://a.example"],
  ["no host", [...PROVIDER, "upstream"], "https://"],
  ["a header in capitals", [...PROVIDER, "header"], "X-Key"],
  ["a header of the connection", [...PROVIDER, "header"], "transfer-encoding"],
  ["the host", [...PROVIDER, "headers"], { host: "a" }],
  ["a key in a header", [...PROVIDER, "headers"], { authorization: "Bearer a" }],
  ["a header's line break", [...PROVIDER, "headers"], { "x-a": "a\r\nb: c" }],
  ["a header's NUL", [...CREDENTIAL, "policy", "setHeaders", "x-a"], "\0"],
  ["a user's name with a colon", [...PROVIDER, "user"], "a:b"],
  ["an unknown format", [...PROVIDER, "format"], "cohere"],
  ["a method in small letters", [...PROVIDER, "allow", 0], "get /"],
  ["a method of proxies", [...PROVIDER, "allow", 0], "CONNECT /"],
  ["a path alone", [...PROVIDER, "allow", 0], "/v1"],
  ["a step up", [...PROVIDER, "allow", 0], "GET /a/../b"],
  ["a query in a path", [...PROVIDER, "allow", 0], "GET /a?b"],
  ["** in the middle", [...PROVIDER, "allow", 0], "GET /**/b"],
  ["** in a segment", [...PROVIDER, "allow", 0], "GET /a**"],
  ["an empty segment", [...PROVIDER, "allow", 0], "GET /a//b"],
  ["a lifetime of nothing", ["bridge", "credentials", "gateway", "lifetimeSeconds"], 0],
  ["a limit of zero", [...CREDENTIAL, "limits", "requestsPerMinute"], 0],
  ["half a token", [...CREDENTIAL, "limits", "tokensPerDay"], 1.5],
  ["no budget at all", [...CREDENTIAL, "limits", "dollarsPerDay"], 0],
  ["a price below zero", ["bridge", "prices", "a"], { input: -1, output: 1 }],
  ["no price for output", ["bridge", "prices", "a"], { input: 1 }],
  ["a model's name", ["bridge", "prices", "a b"], { input: 1, output: 1 }],
  ["hooks elsewhere", ["bridge", "hooks"], "/srv/hooks.ts"],
  ["hooks in another language", ["bridge", "hooks"], "./hooks.py"],
  ["all addresses", ["bridge", "tcp", "address"], "0.0.0.0"],
  ["a port of root's", ["bridge", "tcp", "port"], 443],
  ["no token", ["bridge", "tcp", "clients", "laptop", "tokenFile"], undefined],
  ["no workers", ["bridge", "workers"], 0],
  ["many workers", ["bridge", "workers"], 65],
  ["a day and more", ["bridge", "idleSeconds"], 86_401],
  ["a password for Redis", ["bridge", "redis"], "redis://:secret@127.0.0.1"],
  ["a choice of the log", ["bridge", "audit", "onFailure"], "shut"],
  ["an unknown field of the bridge", ["bridge", "creds"], {}],
  ["a choice of auth", [...BRIDGED, "auth"], "bridged"],
  ["a sandbox's port of root's", [...BRIDGED, "bridge", "port"], 80],
  ["a credential twice", [...BRIDGED, "bridge", "credentials"], ["github", "github"]],
  [
    "a variable of an endpoint",
    [...BRIDGED, "agents", "mine", "endpoints", "MY_KEY", "env"],
    { PATH: "" },
  ],
  ["no templates", ["templates"], undefined],
  ["null", ["sandboxes"], null],
  ["a list for an object", ["secrets"], []],
  ["a secret's name", ["secrets", "a/b"], "/a"],
  ["a hidden secret", ["secrets", ".a"], "/a"],
  ["half a character", ["secrets", "\ud800"], "/a"],
  ["a relative path", ["secrets", "a"], "run/a"],
  ["a path with a space", ["secrets", "a"], "/run/a b"],
  ["a path that is not normalised", ["secrets", "a"], "/run/../a"],
  ["a path that ends in /", ["secrets", "a"], "/run/"],
  ["the root directory", ["secrets", "a"], "/"],
  ["a path in the store", ["secrets", "a"], "/nix/store/x"],
  ["a path that is too long", ["secrets", "a"], `/${"a".repeat(4095)}`],
  ["a template's name", ["templates", "a b"], { agents: {} }],
  ["no agents", [...TEMPLATE, "agents"], undefined],
  ["state without a release", [...TEMPLATE, "stateVersion"], undefined],
  ["a release", [...TEMPLATE, "stateVersion"], "unstable"],
  ["a month without a release", [...TEMPLATE, "stateVersion"], "25.06"],
  ["an unknown network", [...TEMPLATE, "network"], "full"],
  ["a needed mount point", [...TEMPLATE, "bindMounts", "/proc/x"], { hostPath: "/x" }],
  ["the host's /run", [...TEMPLATE, "bindMounts", "/data"], { hostPath: "/run" }],
  ["no host path", [...TEMPLATE, "bindMounts", "/data"], {}],
  ["root", [...TEMPLATE, "user", "name"], "root"],
  ["a user of NixOS", [...TEMPLATE, "user", "name"], "nobody"],
  ["a user of Nix", [...TEMPLATE, "user", "name"], "nixbld1"],
  ["uid 0", [...TEMPLATE, "user", "uid"], 0],
  ["uid 999", [...TEMPLATE, "user", "uid"], 999],
  ["the uid of a user of Nix", [...TEMPLATE, "user", "uid"], 30_001],
  ["uid 1.5", [...TEMPLATE, "user", "uid"], 1.5],
  ["uid as text", [...TEMPLATE, "user", "uid"], "1000"],
  ["an absolute module", [...TEMPLATE, "imports", 0], "/etc/x.nix"],
  ["text for a flag", [...TEMPLATE, "ephemeral"], "no"],
  ["an agent's name", [...TEMPLATE, "agents", "-a"], { package: "x" }],
  ["an agent's name that is too long", [...TEMPLATE, "agents", "a".repeat(208)], { package: "x" }],
  ["no package", [...AGENT, "package"], undefined],
  ["pkgs. in front", [...AGENT, "package"], "pkgs.x"],
  ["Nix text for a package", [...AGENT, "package"], "(x)"],
  ["a variable's name", [...AGENT, "env", "A-B"], ""],
  ["a reserved variable", [...AGENT, "env", "PATH"], ""],
  ["a loader's variable", [...AGENT, "secrets", "LD_PRELOAD"], "anthropic"],
  ["a locale for a secret", [...AGENT, "authEnvVar"], "LC_ALL"],
  ["a NUL", [...AGENT, "args", 0], "a\0"],
  ["no variable for the secret", [...AGENT, "authEnvVar"], undefined],
  ["a wrong list of secrets", [...AGENT, "secrets"], [{ variable: "A" }]],
  ["a choice", [...AGENT, "onMissingSecret"], "wran"],
  ["an unfree package's name", [...AGENT, "unfreePackages", 0], "a b"],
  ["a sandbox's name", ["sandboxes", "twelve-chars"], { template: "default" }],
  ["the sandbox 0", ["sandboxes", "0"], { template: "default" }],
  ["no template", [...ALICE, "template"], undefined],
  ["a wrong address", [...ALICE, "localAddress"], "10.0.0.256"],
  ["a loopback address", [...ALICE, "localAddress"], "127.0.0.1"],
  ["an address of many", [...ALICE, "localAddress"], "224.0.0.1"],
  ["one end of a link", [...ALICE, "localAddress"], undefined],
  ["an output outside of the project", ["outputs", "../a.nix"], "wrappers"],
  ["an output that is not normalised", ["outputs", "a//b.nix"], "wrappers"],
  ["an output that is no Nix", ["outputs", "a.txt"], "wrappers"],
  ["an output that others look after", ["outputs", "x/.git/a.nix"], "wrappers"],
  ["an unknown kind", ["outputs", "a.nix"], "nixos-modul"],
  ["a kind that needs a field", ["outputs", "a.nix"], "container"],
  ["no kind", ["outputs", "a.nix"], {}],
  ["a field of another kind", ["outputs", "a.nix"], { kind: "overlay", sandboxes: [] }],
  ["a template twice", ["outputs", "c.nix", "templates", 1], "default"],
  ["an interface", ["outputs", "g.nix", "externalInterface"], "eth 0"],
  ["the loopback interface", ["outputs", "g.nix", "externalInterface"], "lo"],
  ["text for a flag of an output", ["outputs", "h.nix", "enableWAN"], "yes"],
  ["an input called self", ["outputs", "x/flake.nix", "inputs", "self"], "x"],
  ["an input without a URL", ["outputs", "x/flake.nix", "inputs", "x"], { follows: {} }],
  ["an empty URL", ["outputs", "x/flake.nix", "inputs", "nixpkgs"], ""],
  ["a URL with a space", ["outputs", "x/flake.nix", "inputs", "x", "url"], "a b"],
  ["a NUL in a URL", ["outputs", "x/flake.nix", "inputs", "nixpkgs"], "a\0"],
  ["an odd thing to follow", ["outputs", "x/flake.nix", "inputs", "x", "follows", "a"], "a//b"],
  ["text for no flake", ["outputs", "x/flake.nix", "inputs", "y", "flake"], "no"],
  ["a system", ["outputs", "x/flake.nix", "systems", 0], "linux"],
];

/** What a JSON Schema cannot say: most of what spans several fields, the bytes of a text, and what a live key is. */
const BEYOND: readonly (readonly [path: readonly Step[], value: unknown, message: RegExp])[] = [
  [[...AGENT, "secretName"], "x", /is no (?:secret|template|sandbox|agent) of this configuration$/],
  [[...AGENT, "secrets"], { ANTHROPIC_API_KEY: "anthropic" }, /stands for two secrets$/],
  [[...AGENT, "env"], { OPENAI_API_KEY: "" }, /is a secret's too$/],
  [
    [...CREDENTIAL, "secret"],
    "x",
    /is no secret of this configuration(?:, and no other one is named)?$/,
  ],
  [[...CREDENTIAL, "secret"], "öpen ai", /"öpen ai" cannot name a credential of the bridge/],
  [[...CREDENTIAL, "command"], ["/bin/x"], /: it has two sources: a secret, and a command$/],
  [[...CREDENTIAL, "lifetimeSeconds"], 5, /only what a command prints has a lifetime/],
  [
    ["bridge", "credentials", "gateway", "command"],
    ["token"],
    /a command is a program by its absolute/,
  ],
  [[...PROVIDER, "allowHttp"], false, /the key would be sent unencrypted/],
  [[...PROVIDER, "scheme"], "Bearer", /only the scheme "Basic" has a user's name$/],
  [[...PROVIDER, "allow"], undefined, /nobody knows the paths of an API of the format "plain"$/],
  [[...PROVIDER, "header"], "x-tenant", /the header "[^"]*" carries (?:the key|a credential)$/],
  [[...PROVIDER, "header"], "x-team", /the header "[^"]*" carries (?:the key|a credential)$/],
  [
    ["bridge", "tcp", "clients", "laptop", "credentials"],
    ["x"],
    /is no credential of this configuration's bridge$/,
  ],
  [
    [...BRIDGED, "bridge", "credentials"],
    ["x"],
    /is no credential of this configuration's bridge$/,
  ],
  [
    ["sandboxes"],
    { alice: { template: "bridged" }, ci: { template: "bridged" } },
    /it would find the bridge at the same port as the sandbox "[^"]*", and be taken for it$/,
  ],
  [[...BRIDGED, "auth"], "secrets", /: the template's sandboxes have secrets, and no bridge$/],
  [[...AGENT, "endpoints"], { MY_KEY: {} }, /: the agent reads no secret from the variable /],
  [
    [...BRIDGED, "agents", "mine", "secretName"],
    "x",
    /is neither a credential of this configuration's bridge nor a secret$/,
  ],
  [
    [...BRIDGED, "agents", "mine", "endpoints"],
    {},
    /: nobody knows how an agent with its key in "[^"]*" is told to ask the bridge$/,
  ],
  [
    [...BRIDGED, "agents", "mine", "endpoints", "MY_KEY", "unavailable"],
    "it is old",
    /: an agent with its key in "[^"]*" cannot ask the bridge: /,
  ],
  [
    [...BRIDGED, "agents", "mine", "env"],
    { MY_URL: "" },
    /: the variable "[^"]*" would have to hold two values/,
  ],
  [
    [...BRIDGED, "agents"],
    { mine: { package: "x", secrets: { ANTHROPIC_AUTH_TOKEN: "anthropic" } } },
    /: nobody knows which provider the secret "[^"]*" is for$/,
  ],
  [
    [...BRIDGED, "agents"],
    {
      mine: { package: "x", secrets: { OPENAI_API_KEY: "anthropic", GEMINI_API_KEY: "anthropic" } },
    },
    /: the secret "[^"]*" would be shown to "[^"]*", and elsewhere to "[^"]*"$/,
  ],
  [[...TEMPLATE, "extraPackages"], ["a.b"], /would stand beside its own wrapper/],
  [[...TEMPLATE, "workspaceMountPoint"], "/data", /the mount point .* is that of /],
  [[...TEMPLATE, "workspaceMountPoint"], "/run/keys/x", /the mount point .* is within that of /],
  [[...TEMPLATE, "secretsMountPoint"], "/work/keys", /the mount point .* has that of .* within/],
  [["secrets", "anthropic"], "/srv/alice/x", /is below .*, which a sandbox may write/],
  [["secrets", "anthropic"], "/etc/x", /holds the file of the secret/],
  [[...ALICE, "hostAddress"], "10.0.0.255", /the address .* cannot be that of both ends$/],
  [
    ["sandboxes", "bob"],
    { template: "default", hostAddress: "10.0.0.1", localAddress: "10.0.0.3" },
    /the address .* is taken by the sandbox/,
  ],
  [[...ALICE, "template"], "other", /its template's network is "(?:none|host)"/],
  [["templates"], { a: { agents: {} }, b: { agents: {} } }, /there is more than one template/],
  [["outputs"], { "a.nix": "flake" }, /cannot be a flake: Nix looks for flake\.nix$/],
  [
    ["outputs", "x/flake.nix", "inputs", "x", "follows"],
    { a: "y/z", b: "z/y" },
    /is no input of this flake$/,
  ],
  [["secrets", "é".repeat(128)], "/a", /"é{60}…" cannot name a secret's file/],
  [["outputs", `${"é".repeat(2046)}.nix`], "wrappers", /"é{60}…" cannot name an output/],
  [[...AGENT, "args"], [`sk-ant-${"a".repeat(20)}`], /this looks like an? /],
];

const TEXTS =
  "a default anthropic b A a.b a-b a_b a+b a'b a?b a=b ./a ../a.nix /a /a/b /a/../b /a// /a/. /.. / // /... /run /run/x /run/forage-secrets /run/forage-secrets/x /nix /nix/x /nixos /etc /etc/x /dev/x /devices /run/systemd/x /a:b a.nix x/flake.nix .nix a/../b.nix ./a.nix node_modules/a.nix x/.git/a.nix a\\b.nix PATH LD_A LDAP LC_ALL LC_all LANG ignoreeof _ 0 -a a- .a ..a root self pkgs pkgs.a pkgsa.b a..b 1a éa 🦊 10.0.0.1 10.0.0.256 10.0.0 01.0.0.1 127.0.0.1 224.0.0.1 25.11 25.06 x86_64-linux linux eth0 lo nobody nixbld1 x nixpkgs x/a warn private wrappers wrapper flake wrapper.nix __proto__ constructor https://a.example http://a.example/b https://a.example/ x-team host cookie a_b redis://a:1 redis://a@b ./a.ts ./a.py".split(
    " ",
  );
const REQUESTS = ["GET /", "POST /v1/*", "GET /**", "GET /a/**/b", "get /a"];
const ODD_TEXTS = [
  ...TEXTS,
  ...REQUESTS,
  ...["", " ", "a b", "a\n", "a\nb.nix", "a\0", "\ud800", "\udc00a", "\u0085", "\u202e.nix"],
  ...["a".repeat(16), "a".repeat(32), "a".repeat(208), "é".repeat(128), "a".repeat(256)],
  ...[`/${"a".repeat(4094)}`, `/${"a".repeat(4095)}`, `sk-ant-${"a".repeat(20)}`],
];
const ODD = [
  ...ODD_TEXTS,
  ...[undefined, null, true, false, 0, 1, -1, 1.5, 999, 1000, 65533, 65534, 1e300],
  ...[[], ["a"], [null], ["a", "a"], {}, { a: "a" }, { a: null }, { kind: "wrapper" }, [{}]],
];

describe("the JSON Schema of a configuration", () => {
  it("is the same text each time", async () => {
    const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
    expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toBe(text);
    const golden = fileURLToPath(new URL("../golden/forage.schema.json", import.meta.url));
    await expect(text).toMatchFileSnapshot(golden);
  });

  it("constrains every value, and describes every field", () => {
    for (const schema of allSchemas(SCHEMA)) {
      expect(schema.type ?? schema.anyOf ?? schema.oneOf, JSON.stringify(schema)).toBeDefined();
      if (schema.type === "object") expect(schema.additionalProperties).toBeDefined();
      for (const [name, field] of Object.entries(schema.properties ?? {}))
        expect(field.description, name).toMatch(/^[A-Z`].*\.$/s);
      for (const { pattern } of [schema, schema.not ?? {}])
        if (pattern !== undefined) expect(() => new RegExp(pattern, "u")).not.toThrow();
    }
  });

  it("accepts every field and kind of output", () => {
    expect(isValid(FULL), JSON.stringify(isValid.errors)).toBe(true);
    expect(problems(FULL)).toEqual([]);
    const said = JSON.stringify(FULL);
    for (const { properties = {}, const: kind, enum: choices } of allSchemas(SCHEMA)) {
      for (const name of Object.keys(properties)) expect(said).toContain(`"${name}":`);
      if (kind !== undefined) expect(said).toContain(`{"kind":"${kind}"`);
      if (choices?.includes("flake"))
        for (const choice of choices) expect(said).toContain(`.nix":"${choice}"`);
    }
    for (const least of [{ templates: {} }, { templates: { a: { agents: {}, ephemeral: true } } }])
      expect([isValid(least), problems(least)]).toEqual([true, []]);
  });

  it.each(MISTAKES)("refuses %s, as defineConfig does", (_, path, value) => {
    const config = changed(path, value);
    expect(problems(config)).not.toEqual([]);
    expect(isValid(config)).toBe(false);
  });

  it.each(BEYOND)("leaves %j: %j to defineConfig", (path, value, message) => {
    const config = changed(path, value);
    expect(problems(config)).toContainEqual(expect.stringMatching(message));
    expect(isValid(config)).toBe(true);
  });

  it("refuses what defineConfig does in any place, but for what is beyond it", () => {
    const place = fc.constantFrom(...places(FULL));
    fc.assert(
      fc.property(place, fc.constantFrom(...ODD), fc.boolean(), (path, odd, isName) => {
        const [owner, last] = [path.slice(0, -1), path.at(-1)];
        if (isName && typeof odd === "string" && typeof last === "string")
          checkAgreement(changed([...owner, odd], valueAt(path)));
        else checkAgreement(changed(path, odd));
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses what defineConfig does of what it describes itself, but for what is beyond it", () => {
    const seen = { accepted: 0, beyond: 0, refused: 0 };
    fc.assert(
      fc.property(almost(SCHEMA), (json) => {
        seen[checkAgreement(json)]++;
      }),
      { numRuns: 2000 },
    );
    for (const times of Object.values(seen))
      expect(times, JSON.stringify(seen)).toBeGreaterThan(29);
  });
});

/** Without `expect`, whose messages would take longer than the rest. */
function checkAgreement(json: unknown): "accepted" | "beyond" | "refused" {
  const found = problems(json);
  const isAccepted = isValid(json);
  const unexpected = found.filter((problem) => !BEYOND.some(([, , known]) => known.test(problem)));
  if (isAccepted ? unexpected.length > 0 : found.length === 0)
    throw new Error(JSON.stringify({ json, unexpected, refusals: isValid.errors }));
  if (!isAccepted) return "refused";
  return found.length === 0 ? "accepted" : "beyond";
}

function* allSchemas(schema: Schema): Generator<Schema> {
  yield schema;
  const { properties = {}, additionalProperties, propertyNames, items, oneOf = [] } = schema;
  // A template's `anyOf` is a rule for it, not a choice of what it is.
  const choices = schema.type === undefined ? (schema.anyOf ?? []) : [];
  const inner = [additionalProperties, propertyNames, items, ...oneOf, ...choices];
  for (const part of [...Object.values(properties), ...inner]) if (part) yield* allSchemas(part);
}

function* places(value: unknown, path: readonly Step[] = []): Generator<readonly Step[]> {
  if (path.length > 0) yield path;
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* places(item, [...path, index]);
  else if (typeof value === "object" && value !== null)
    for (const [name, member] of Object.entries(value)) yield* places(member, [...path, name]);
}

function valueAt(path: readonly Step[]): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: any place of a plain value
  return path.reduce((at: any, step) => at[step], FULL);
}

/** Mostly what a schema describes, with a mistake here and there. */
function almost(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 300, arbitrary: described(schema) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  );
}

function described(schema: Schema): fc.Arbitrary<unknown> {
  const { type, items, uniqueItems, properties, propertyNames, additionalProperties } = schema;
  const choices = schema.oneOf ?? (type === undefined ? schema.anyOf : undefined);
  if (choices !== undefined) return fc.oneof(...choices.map(almost));
  if (type === "boolean") return fc.boolean();
  if (type === "number") return fc.constantFrom(schema.minimum ?? 0.5, 1.5, 20);
  if (type === "integer") {
    const { minimum = 0, maximum = 0 } = schema;
    return fc.constantFrom(minimum, Math.min(Math.max(minimum, 1000), maximum), maximum);
  }
  if (type === "array") {
    const item = almost(items ?? {});
    return uniqueItems ? fc.uniqueArray(item, { maxLength: 2 }) : fc.array(item, { maxLength: 2 });
  }
  if (type === "string") return describedText(schema);
  if (propertyNames !== undefined && additionalProperties)
    return fc
      .array(fc.tuple(almostText(propertyNames), almost(additionalProperties)), { maxLength: 2 })
      .map(Object.fromEntries);
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, almost(field)]);
  const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(fields);
  return fc.oneof(
    { weight: 300, arbitrary: fc.record(model, { requiredKeys: [...(schema.required ?? [])] }) },
    { weight: 1, arbitrary: fc.record({ ...model, a: fc.constant(1) }, { requiredKeys: [] }) },
  );
}

function almostText(schema: Schema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 300, arbitrary: describedText(schema) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
  );
}

function describedText(schema: Schema): fc.Arbitrary<string> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  const keeps = new Ajv2020().compile<string>(schema);
  const known = schema.enum ?? [...TEXTS, ...REQUESTS].filter((text) => keeps(text));
  // Names are to meet: most are the first that will do.
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...known.slice(0, 2)) },
    { weight: 1, arbitrary: fc.constantFrom(...known) },
  );
}
