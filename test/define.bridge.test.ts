import { describe, expect, it } from "vitest";
import { defineAgent, defineConfig, defineTemplate } from "../lib/index.ts";
import { PROVIDERS } from "../lib/schema/providers.ts";
import { refusals } from "./support/refusals.ts";

const SECRETS = { anthropic: "/run/secrets/anthropic", github: "/run/secrets/github" };
const claude = {
  package: "claude-code",
  secretName: "anthropic",
  authEnvVar: "ANTHROPIC_API_KEY",
} as const;

type Input = Readonly<Record<string, unknown>>;

/** A configuration with one template that asks a bridge. */
function config({
  bridge,
  template = {},
  agents = { claude },
  ...rest
}: {
  readonly bridge?: Input;
  readonly template?: Input;
  readonly agents?: Input;
  readonly secrets?: Input;
  readonly sandboxes?: Input;
}): unknown {
  return {
    secrets: SECRETS,
    ...(bridge === undefined ? {} : { bridge }),
    templates: { default: { auth: "bridge", agents, ...template } },
    ...rest,
  };
}

/** What is wrong with it, as lines. */
function problems(input: unknown): string[] {
  return refusals(() => defineConfig(input as never), "definition").map(
    ({ path, message, hint }) => `${path.join(".")}: ${message} | ${hint}`,
  );
}

const withCredential = (credential: Input, more: Input = {}) =>
  config({ bridge: { credentials: { anthropic: credential }, ...more } });
const withProvider = (provider: Input) =>
  withCredential({
    provider: {
      upstream: "https://api.example.com",
      header: "x-key",
      format: "openai",
      ...provider,
    },
  });

describe("a configuration's bridge", () => {
  it("has all that it may have filled in", () => {
    const { bridge } = defineConfig(withCredential({ provider: "anthropic" }) as never);
    expect(bridge).toEqual({
      credentials: {
        anthropic: {
          provider: PROVIDERS.anthropic,
          secret: "anthropic",
          command: undefined,
          lifetimeSeconds: undefined,
          policy: {},
          limits: {},
        },
      },
      limits: {},
      prices: {},
      audit: {
        directory: "/var/log/forage-bridge",
        onFailure: "closed",
        maxBytes: 104_857_600,
        maxHours: 24,
        maxFiles: 90,
      },
      hooks: undefined,
      tcp: undefined,
      workers: 1,
      redis: undefined,
      idleSeconds: 600,
      maxBodyBytes: 33_554_432,
    });
    expect(defineConfig(config({}) as never).bridge).toBeUndefined();
  });

  it("can be one that was defined already", () => {
    const once = defineConfig({
      secrets: SECRETS,
      bridge: {
        credentials: {
          git: { provider: "github-git", secret: "github" },
          mine: {
            provider: { upstream: "https://a.example", header: "authorization", format: "openai" },
            command: ["/bin/token"],
          },
        },
        tcp: {
          address: "127.0.0.1",
          port: 8080,
          clients: { laptop: { credentials: ["git"], tokenFile: "/run/token" } },
        },
      },
      templates: {
        default: { auth: "bridge", agents: { claude }, bridge: { credentials: ["git"] } },
      },
    });
    expect(defineConfig(once)).toEqual(once);
    expect(Object.isFrozen(once.bridge?.credentials.git.provider.allow)).toBe(true);
  });

  it("knows what goes with a provider", () => {
    const defined = defineConfig(withProvider({ header: "authorization" }) as never);
    expect(defined.bridge?.credentials["anthropic" as never]).toMatchObject({
      provider: { scheme: "Bearer", user: undefined, allow: PROVIDERS.openai.allow, headers: {} },
    });
    const basic = defineConfig(withProvider({ header: "authorization", scheme: "Basic" }) as never);
    expect(basic.bridge?.credentials["anthropic" as never]).toMatchObject({
      provider: { scheme: "Basic", user: "x-access-token" },
    });
    const own = defineConfig(withProvider({}) as never);
    expect(own.bridge?.credentials["anthropic" as never]).toMatchObject({
      provider: { header: "x-key", scheme: undefined },
    });
  });

  it.each<[what: string, input: unknown, problem: RegExp]>([
    [
      "an unknown provider",
      withCredential({ provider: "antropic" }),
      /^bridge\.credentials\.anthropic\.provider: "antropic" is none of .* \| did you mean "anthropic"\?$/,
    ],
    [
      "a misspelled field of a provider",
      withProvider({ upstrem: "x" }),
      /^bridge\.credentials\.anthropic\.provider\.upstrem: unknown field \| did you mean "upstream"\?$/,
    ],
    [
      "plain http",
      withProvider({ upstream: "http://api.example.com" }),
      /upstream: the key would be sent unencrypted: .* \| write "https:/,
    ],
    [
      "a query",
      withProvider({ upstream: "https://api.example.com?key=x" }),
      /upstream: .* has a query or a fragment/,
    ],
    [
      "a password in an address",
      withProvider({ upstream: "https://me:hunter2@api.example.com" }),
      /upstream: the address has a user's name or a password in it \|/,
    ],
    [
      "a slash at the end",
      withProvider({ upstream: "https://api.example.com/v1/" }),
      /upstream: .* ends in "\/".* \| write "https:\/\/api\.example\.com\/v1"$/,
    ],
    ["a header in capitals", withProvider({ header: "X-Key" }), /header: "X-Key" cannot name/],
    ["a hop's header", withProvider({ header: "te" }), /header: "te" is about one connection/],
    ["the host", withProvider({ header: "host" }), /header: "host" is about one connection/],
    ["a length", withProvider({ header: "content-length" }), /header: "content-length" is about/],
    [
      "a header's line break",
      withProvider({ headers: { "x-a": "a\r\nx-key: b" } }),
      /headers\.x-a: .* no line break/,
    ],
    [
      "a key in a header",
      withProvider({ headers: { authorization: "Bearer abc" } }),
      /headers\.authorization: .* carries credentials/,
    ],
    [
      "the key's own header",
      withProvider({ headers: { "x-key": "abc" } }),
      /headers\.x-key: the header "x-key" carries the key/,
    ],
    [
      "another credential's header in a policy",
      config({
        bridge: {
          credentials: {
            anthropic: {
              provider: { upstream: "https://a.example", header: "x-a", format: "openai" },
            },
            github: { provider: "github", policy: { setHeaders: { "x-a": "b" } } },
          },
        },
      }),
      /^bridge\.credentials\.github\.policy\.setHeaders\.x-a: the header "x-a" carries a credential/,
    ],
    [
      "a request without a method",
      withProvider({ allow: ["/v1"] }),
      /allow\.0: "\/v1" is no request/,
    ],
    ["a step up", withProvider({ allow: ["GET /a/../b"] }), /allow\.0: .* is no request/],
    ["** in the middle", withProvider({ allow: ["GET /**/a"] }), /allow\.0: .* has "\*\*" where/],
    [
      "no requests where nobody knows them",
      withProvider({ format: "plain" }),
      /provider\.allow: is missing: .* \| write what may be asked of it/,
    ],
    [
      "a limit below one",
      withCredential({ provider: "anthropic", limits: { requestsPerMinute: -1 } }),
      /limits\.requestsPerMinute: -1 cannot be a number of requests/,
    ],
    [
      "half a token",
      withCredential({ provider: "anthropic", limits: { tokensPerDay: 0.5 } }),
      /limits\.tokensPerDay: 0\.5 cannot be/,
    ],
    [
      "no budget",
      withCredential({ provider: "anthropic", limits: { dollarsPerDay: 0 } }),
      /limits\.dollarsPerDay: 0 cannot be a budget: a number above zero/,
    ],
    ["65 workers", config({ bridge: { workers: 65 } }), /^bridge\.workers: 65 .* from 1 to 64/],
    ["no time", config({ bridge: { idleSeconds: 0 } }), /^bridge\.idleSeconds: 0 .* 1 to 86400/],
    [
      "two sources",
      withCredential({ provider: "anthropic", secret: "anthropic", command: ["/bin/x"] }),
      /^bridge\.credentials\.anthropic: it has two sources/,
    ],
    [
      "no source",
      config({ bridge: { credentials: { openai: { provider: "openai" } } } }),
      /^bridge\.credentials\.openai: "openai" is no secret of this configuration, and no other one/,
    ],
    [
      "an unknown source",
      withCredential({ provider: "anthropic", secret: "anthropc" }),
      /^bridge\.credentials\.anthropic\.secret: .* \| did you mean "anthropic"\?$/,
    ],
    [
      "a command that is looked for",
      withCredential({ provider: "anthropic", command: ["token"] }),
      /\.command: a command is a program by its absolute path/,
    ],
    [
      "a lifetime of a file",
      withCredential({ provider: "anthropic", lifetimeSeconds: 5 }),
      /\.lifetimeSeconds: only what a command prints has a lifetime/,
    ],
    [
      "a name that is no part of a URL",
      config({ bridge: { credentials: { "My key": { provider: "openai", secret: "github" } } } }),
      /^bridge\.credentials\.My key: .* cannot name a credential .* \| for example "my-key"$/,
    ],
    [
      "a live key",
      withProvider({ headers: { "x-a": `sk-ant-api03-${"aB3".repeat(10)}` } }),
      /headers\.x-a: this looks like an Anthropic key/,
    ],
    [
      "a password for Redis",
      config({ bridge: { redis: "redis://:hunter2@127.0.0.1" } }),
      /^bridge\.redis: the address has a user's name or a password in it \|/,
    ],
    [
      "a client's unknown credential",
      config({
        bridge: {
          credentials: { git: { provider: "github-git", secret: "github" } },
          tcp: {
            address: "127.0.0.1",
            port: 8080,
            clients: { laptop: { credentials: ["gti"], tokenFile: "/run/t" } },
          },
        },
      }),
      /^bridge\.tcp\.clients\.laptop\.credentials\.0: "gti" is no credential .* "git"$/,
    ],
  ])("is refused: %s", (_, input, problem) => {
    const found = problems(input);
    expect(found).toContainEqual(expect.stringMatching(problem));
    expect(found).toHaveLength(1);
    expect(found.join()).not.toMatch(/hunter2|aB3aB3/);
  });
});

describe("a template with a bridge", () => {
  it("needs no network, and has what goes with one", () => {
    const template = defineTemplate({ auth: "bridge", agents: { claude } });
    expect(template).toMatchObject({
      network: "none",
      auth: "bridge",
      bridge: { credentials: [], limits: undefined, policy: {}, port: 7878 },
    });
    expect(defineTemplate(template)).toEqual(template);
    for (const network of ["private", "host"] as const)
      expect(defineTemplate({ auth: "bridge", network, agents: {} }).network).toBe(network);
  });

  it("takes keys that are credentials, or secrets of providers that are known", () => {
    const bridge = {
      credentials: { gateway: { provider: "openai", secret: "github" } },
    } as const;
    const agents = {
      claude,
      aider: { package: "aider", secretName: "gateway", authEnvVar: "OPENAI_API_KEY" },
    } as const;
    expect(problems(config({ bridge, agents }))).toEqual([]);
  });

  it("lets two keys of an agent share a variable that holds JSON", () => {
    const told = (id: string) => ({ env: { CONFIG: `{"${id}":{"url":"{url}"}}` } });
    const agent = defineAgent({
      package: "x",
      secrets: { ANTHROPIC_API_KEY: "anthropic", OPENAI_API_KEY: "github" },
      endpoints: { ANTHROPIC_API_KEY: told("a"), OPENAI_API_KEY: told("b") },
    });
    expect(() => defineTemplate({ auth: "bridge", agents: { agent } })).not.toThrow();
    const same = {
      ...agent,
      endpoints: { ANTHROPIC_API_KEY: told("a"), OPENAI_API_KEY: told("a") },
    };
    expect(() => defineTemplate({ auth: "bridge", agents: { same } })).toThrow(
      /^agents\.same: the variable "CONFIG" would have to hold two values/,
    );
  });

  it.each<[what: string, input: unknown, problem: RegExp]>([
    [
      "a variable that nobody knows",
      config({ agents: { mine: { package: "x", secretName: "anthropic", authEnvVar: "MY_KEY" } } }),
      /^templates\.default\.agents\.mine\.authEnvVar: nobody knows how .* "MY_KEY" .* endpoints: \{ MY_KEY: \{/,
    ],
    [
      "an agent that cannot be told",
      config({
        agents: { c: { package: "x", secretName: "anthropic", authEnvVar: "CURSOR_API_KEY" } },
      }),
      /agents\.c\.authEnvVar: an agent with its key in "CURSOR_API_KEY" cannot ask the bridge: the Cursor CLI has no setting/,
    ],
    [
      "a variable that is set otherwise",
      config({ agents: { claude: { ...claude, env: { ANTHROPIC_BASE_URL: "http://x" } } } }),
      /agents\.claude: the variable "ANTHROPIC_BASE_URL" would have to hold two values/,
    ],
    [
      "two keys that one setting is for",
      config({
        agents: { claude: { ...claude, secrets: { CLAUDE_CODE_OAUTH_TOKEN: "github" } } },
      }),
      /agents\.claude: the variable "ANTHROPIC_BASE_URL" would have to hold two values/,
    ],
    [
      "a secret of two providers",
      config({
        agents: {
          claude,
          aider: { package: "x", secretName: "anthropic", authEnvVar: "OPENAI_API_KEY" },
        },
      }),
      /agents\.aider\.secretName: the secret "anthropic" would be shown to "openai", and elsewhere to "anthropic"/,
    ],
    [
      "a secret of no provider",
      config({
        agents: {
          a: { package: "x", secretName: "anthropic", authEnvVar: "ANTHROPIC_AUTH_TOKEN" },
        },
      }),
      /agents\.a\.secretName: nobody knows which provider the secret "anthropic" is for \| say it: bridge/,
    ],
    [
      "neither a credential nor a secret",
      config({
        bridge: { credentials: { claude: { provider: "anthropic", secret: "anthropic" } } },
        agents: { claude: { ...claude, secretName: "claud" } },
      }),
      /agents\.claude\.secretName: "claud" is neither a credential .* did you mean "claude"\?/,
    ],
    [
      "a secret whose name is no part of a URL",
      config({
        secrets: { "Anthropic key": "/run/a" },
        agents: { claude: { ...claude, secretName: "Anthropic key" } },
      }),
      /agents\.claude\.secretName: .* cannot name a credential .* "anthropic-key"/,
    ],
    [
      "an unknown credential",
      config({
        bridge: { credentials: { git: { provider: "github-git", secret: "github" } } },
        template: { bridge: { credentials: ["gut"] } },
      }),
      /^templates\.default\.bridge\.credentials\.0: "gut" is no credential .* did you mean "git"\?/,
    ],
    [
      "an endpoint for no key",
      config({ agents: { claude: { ...claude, endpoints: { ANTHROPIC_KEY: {} } } } }),
      /endpoints\.ANTHROPIC_KEY: the agent reads no secret .* did you mean "ANTHROPIC_API_KEY"\?/,
    ],
    [
      "a port of root's",
      config({ template: { bridge: { port: 80 } } }),
      /bridge\.port: 80 cannot be a port: a whole number from 1024 to 65535/,
    ],
    [
      "a mount in the bridge's place",
      config({ template: { bindMounts: { "/run/forage-bridge/x": { hostPath: "/srv/x" } } } }),
      /bindMounts\.\/run\/forage-bridge\/x: .* is within that of the bridge/,
    ],
    [
      "others' sockets",
      config({ template: { bindMounts: { "/x": { hostPath: "/run/forage-bridge/bob" } } } }),
      /hostPath: .* holds secrets of the host, or of other sandboxes/,
    ],
    [
      "a bridge without the auth",
      { templates: { default: { agents: {}, bridge: { port: 7000 } } } },
      /^templates\.default\.bridge: the template's sandboxes have secrets, and no bridge/,
    ],
    [
      "a credential where there are secrets",
      config({
        bridge: { credentials: { claude: { provider: "anthropic", secret: "anthropic" } } },
        template: { auth: "secrets" },
        agents: { claude: { ...claude, secretName: "claude" } },
      }),
      /agents\.claude\.secretName: "claude" is no secret of this configuration/,
    ],
    [
      "two sandboxes at one port of the host",
      config({
        template: { network: "host" },
        sandboxes: { a: { template: "default" }, b: { template: "default" } },
      }),
      /^sandboxes\.b\.template: on the host's network .* the sandbox "a", and be taken for it/,
    ],
    [
      "addresses where there is no link",
      config({
        sandboxes: {
          a: { template: "default", hostAddress: "10.0.0.1", localAddress: "10.0.0.2" },
        },
      }),
      /^sandboxes\.a\.hostAddress: its template's network is "none"/,
    ],
  ])("is refused: %s", (_, input, problem) => {
    expect(problems(input)).toContainEqual(expect.stringMatching(problem));
  });
});

describe("the known providers", () => {
  it("are such as a configuration could define", () => {
    for (const provider of Object.values(PROVIDERS)) {
      // What carries a key may not be among the headers that a definition sets.
      const defined = defineConfig(withCredential({ provider }) as never);
      expect(defined.bridge?.credentials["anthropic" as never]).toMatchObject({ provider });
    }
  });
});
