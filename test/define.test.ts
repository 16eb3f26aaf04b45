import { describe, expect, it } from "vitest";
import { type AgentInput, defineAgent, defineConfig, defineTemplate, pkgs } from "../lib/index.ts";
import { path, ref, str } from "../lib/nix/index.ts";
import { problemsOf } from "./support/problems.ts";

const claude = {
  package: pkgs("claude-code"),
  secretName: "anthropic",
  authEnvVar: "ANTHROPIC_API_KEY",
} as const;

const agentProblems = (input: unknown) => problemsOf(() => defineAgent(input as AgentInput));
const templateProblems = (input: unknown) => problemsOf(() => defineTemplate(input as never));
const configProblems = (input: unknown) => problemsOf(() => defineConfig(input as never));

describe("defineAgent", () => {
  it("fills in the defaults", () => {
    expect(defineAgent(claude)).toEqual({
      package: pkgs("claude-code"),
      mainProgram: undefined,
      args: [],
      env: {},
      secrets: [{ variable: "ANTHROPIC_API_KEY", secretName: "anthropic" }],
      onMissingSecret: "warn",
      multiline: false,
      endpoints: {},
      unfreePackages: [],
    });
  });

  it("takes an agent without a secret", () => {
    expect(defineAgent({ package: "ollama" }).secrets).toEqual([]);
  });

  it("keeps the order of secrets, the pair first", () => {
    const map = defineAgent({ ...claude, secrets: { Z: "z", A: "a" } });
    const list = defineAgent({
      package: claude.package,
      secrets: [
        { variable: "ANTHROPIC_API_KEY", secretName: "anthropic" },
        { variable: "Z", secretName: "z" },
        { variable: "A", secretName: "a" },
      ],
    });
    expect(map.secrets.map(({ variable }) => variable)).toEqual(["ANTHROPIC_API_KEY", "Z", "A"]);
    expect(list).toEqual(map);
  });

  it("takes what it returned, also with changes", () => {
    const agent = defineAgent({ ...claude, args: ["--x"], env: { A: "b" }, mainProgram: "claude" });
    expect(defineAgent(agent)).toEqual(agent);
    expect(defineAgent({ ...agent, args: ["--y"] }).args).toEqual(["--y"]);
  });

  it("reads a dotted name as a package", () => {
    expect(defineAgent({ package: "python3Packages.aider" }).package).toEqual(
      pkgs("python3Packages", "aider"),
    );
    const flakeInput = ref("inputs", "llm-agents", "packages", "claude");
    expect(defineAgent({ package: flakeInput }).package).toBe(flakeInput);
  });

  it("returns frozen data that shares nothing with the input", () => {
    const args = ["--x"];
    const agent = defineAgent({ ...claude, args, env: { A: "b" } });
    args.push("--late");
    expect(agent.args).toEqual(["--x"]);
    for (const part of [agent, agent.args, agent.env, agent.secrets, agent.secrets[0]])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("allows variables that only resemble reserved ones", () => {
    const env = {
      BASH_DEFAULT_TIMEOUT_MS: "1",
      LDAP: "2",
      path: "3",
      value: "4",
      CLAUDE_HOME: "5",
    };
    expect(defineAgent({ package: "x", env }).env).toEqual(env);
  });

  it.each([
    ["no object", 1, [/^: an object is wanted, not 1/]],
    ["nothing", undefined, [/^: is missing/]],
    ["null", null, [/^: an object is wanted, not null/]],
    ["a list", [], [/^: an object is wanted, not a list/]],
    ["no package", {}, [/^package: is missing.*\| write "claude-code"/]],
    [
      "an unknown field",
      { package: "x", arg: [] },
      [/^arg: unknown field \| did you mean "args"\?/],
    ],
    ["a field in another case", { package: "x", ARGS: [] }, [/did you mean "args"\?/]],
    ["a field like nothing", { package: "x", q: 1 }, [/^q: unknown field \| known: "package", /]],
    ["an unknown __proto__", JSON.parse('{"package":"x","__proto__":1}'), [/^__proto__: unknown/]],
    ["a number for a package", { package: 1 }, [/^package: 1 is no package/]],
    ["an empty package", { package: "" }, [/^package: "" is no package/]],
    ["an empty segment", { package: "a..b" }, [/^package: "a\.\.b" is no package/]],
    ["Nix text for a package", { package: "(import <x>)" }, [/is no package/]],
    ["pkgs. in front", { package: "pkgs.x.y" }, [/\| leave "pkgs\." out: "x\.y"/]],
    ["a path for a package", { package: path("./x") }, [/a Nix expression is no package/]],
    ["text for args", { package: "x", args: "-v" }, [/^args: a list is wanted, not "-v"/]],
    ["a number in args", { package: "x", args: ["a", 1] }, [/^args\/1: text is wanted, not 1/]],
    ["a hole in args", { package: "x", args: [undefined] }, [/^args\/0: is missing/]],
    ["a NUL in args", { package: "x", args: ["a\0"] }, [/^args\/0: "a\\u0000" holds a NUL/]],
    ["half a character", { package: "x", args: ["\ud800"] }, [/^args\/0: .*surrogate/]],
    ["a list for env", { package: "x", env: [] }, [/^env: an object is wanted, not a list/]],
    ["a number in env", { package: "x", env: { A: 1 } }, [/^env\/A: text is wanted, not 1/]],
    ["null in env", { package: "x", env: { A: null } }, [/not null \| leave it out/]],
    ["a NUL in env", { package: "x", env: { A: "\0" } }, [/^env\/A: .*NUL/]],
    ["an env name", { package: "x", env: { "A-B": "" } }, [/^env\/A-B: .*\| for example "A_B"/]],
    ["an env name from 1", { package: "x", env: { "1A": "" } }, [/\| for example "_1A"/]],
    ["an empty env name", { package: "x", env: { "": "" } }, [/^env\/: "" cannot name/]],
    ["a Nix string in env", { package: "x", env: { A: str`b` } }, [/not a Nix expression/]],
    ["PATH", { package: "x", env: { PATH: "/bin" } }, [/^env\/PATH: PATH is reserved/]],
    ["LD_PRELOAD", { package: "x", env: { LD_PRELOAD: "x" } }, [/LD_PRELOAD is reserved/]],
    ["a text flag", { package: "x", multiline: "yes" }, [/^multiline: true or false is wanted/]],
    [
      "a wrong choice",
      { package: "x", onMissingSecret: "wran" },
      [/^onMissingSecret: "wran" is none of "warn", "ignore", "fail" \| did you mean "warn"\?/],
    ],
    ["a program with a /", { package: "x", mainProgram: "bin/x" }, [/^mainProgram: "bin\/x"/]],
    ["a program like an option", { package: "x", mainProgram: "-x" }, [/\| for example "x"/]],
    ["an auth variable", { ...claude, authEnvVar: "HOME" }, [/^authEnvVar: HOME is reserved/]],
    ["a locale", { ...claude, authEnvVar: "LC_ALL" }, [/^authEnvVar: LC_ALL cannot hold a secret/]],
    ["a language", { package: "x", secrets: { LANG: "a" } }, [/^secrets\/LANG: LANG cannot hold/]],
    ["no auth variable", { package: "x", secretName: "a" }, [/^authEnvVar: is missing/]],
    ["no secret name", { package: "x", authEnvVar: "A" }, [/^secretName: is missing/]],
    ["a secret's path", { ...claude, secretName: "a/b" }, [/^secretName: .*\| for example "a-b"/]],
    ["a hidden secret", { ...claude, secretName: ".a" }, [/^secretName: ".a" cannot name/]],
    ["an empty secret", { ...claude, secretName: "" }, [/^secretName: "" cannot name/]],
    ["a long secret", { ...claude, secretName: "é".repeat(128) }, [/^secretName: .*255 bytes/]],
    ["a line in a secret", { ...claude, secretName: "a\nb" }, [/^secretName: "a\\nb" cannot/]],
    ["a wrong secret map", { package: "x", secrets: { A: 1 } }, [/^secrets\/A: text is wanted/]],
    ["secrets as text", { package: "x", secrets: "a" }, [/^secrets: an object is wanted, not "a"/]],
    [
      "a wrong secret list",
      { package: "x", secrets: [{ variable: "A", secret: "a" }, 1] },
      [
        /^secrets\/0\/secretName: is missing/,
        /^secrets\/0\/secret: unknown field/,
        /^secrets\/1: an object is wanted, not 1/,
      ],
    ],
    [
      "one variable for two secrets",
      { ...claude, secrets: { ANTHROPIC_API_KEY: "other" } },
      [/^secrets\/ANTHROPIC_API_KEY: .*stands for two secrets/],
    ],
    [
      "one variable twice in a list",
      {
        package: "x",
        secrets: [
          { variable: "A", secretName: "a" },
          { variable: "A", secretName: "b" },
        ],
      },
      [/^secrets\/1\/variable: .*two secrets/],
    ],
    [
      "a secret in env",
      { ...claude, env: { ANTHROPIC_API_KEY: "x" } },
      [/^env\/ANTHROPIC_API_KEY: .*is a secret's too/],
    ],
    [
      "everything at once",
      { pakage: 1, args: 1, env: { PATH: 1 }, secretName: "a/b", onMissingSecret: 0 },
      [
        /^package: is missing/,
        /^secretName: "a\/b"/,
        /^args: a list/,
        /^env\/PATH: PATH is reserved/,
        /^env\/PATH: text is wanted/,
        /^onMissingSecret: 0 is none/,
        /^pakage: unknown field \| did you mean "package"/,
        /^authEnvVar: is missing/,
      ],
    ],
  ] as const)("refuses %s", (_, input, expected) => {
    const found = agentProblems(input);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });
});

describe("what is no plain data", () => {
  class Settings {
    readonly package = "x";
  }
  const circle: Record<string, unknown> = { package: "x" };
  circle["args"] = [circle];
  const deep = () => {
    let value: unknown = "x";
    for (let depth = 0; depth < 100_000; depth++) value = [value];
    return value;
  };
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  it.each([
    ["a class instance", new Settings(), /^: a Settings is no plain data/],
    ["a Map", { package: "x", env: new Map() }, /^env: a Map is no plain data/],
    ["a Date", { package: "x", args: [new Date(0)] }, /^args\/0: a Date is no plain data/],
    ["a function", { package: () => "x" }, /^package: a function is no plain data/],
    ["a symbol", { package: "x", mainProgram: Symbol("x") }, /^mainProgram: a symbol is no plain/],
    ["a bigint", { package: "x", mainProgram: 1n }, /^mainProgram: text is wanted, not 1/],
    ["a circle", circle, /^args\/0: the value holds itself/],
    ["depth", { package: "x", args: deep() }, /^args(\/0)+: .*nested deeper/],
    ["a revoked proxy", { package: "x", env: revoked() }, /^env: reading the value threw/],
    [
      "a getter that throws",
      {
        package: "x",
        get args() {
          throw new Error("sk-ant-api03-0123456789abcdefghijklmnop");
        },
      },
      /^args: reading the value threw an error \|/,
    ],
  ])("refuses %s", (_, input, expected) => {
    const found = agentProblems(input);
    expect(found[0]).toMatch(expected);
    // Below the cut a list of lists is also no list of text.
    expect(found.slice(1)).toEqual(found[0]?.includes("deeper") ? [expect.anything()] : []);
  });

  it("may hold one value in two places, and have another prototype", () => {
    const env = Object.assign(Object.create(null), { A: "b" });
    const one = { package: "x", env };
    expect(Object.keys(defineTemplate({ agents: { one, two: one } }).agents)).toEqual([
      "one",
      "two",
    ]);
  });
});

describe("defineTemplate", () => {
  it("fills in the defaults", () => {
    const template = defineTemplate({ agents: { claude }, user: { uid: 2000 } });
    expect(template).toEqual({
      agents: { claude: defineAgent(claude) },
      extraPackages: [],
      description: undefined,
      secretsMountPoint: "/run/secrets",
      user: { name: "agent", uid: 2000 },
      workspaceMountPoint: "/workspace",
      bindMounts: {},
      network: "private",
      auth: "secrets",
      bridge: undefined,
      ephemeral: true,
      stateVersion: undefined,
      unfreePackages: [],
      imports: [],
    });
    expect(defineTemplate({ agents: {} }).user).toEqual({ name: "agent", uid: 1000 });
    expect(defineTemplate(template)).toEqual(template);
    for (const part of [template, template.agents, template.extraPackages, template.user])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("keeps prototype-named agents, and pollutes nothing", () => {
    const agents = JSON.parse('{"__proto__":{"package":"x"},"constructor":{"package":"y"}}');
    const template = defineTemplate({ agents });
    expect(Object.keys(template.agents)).toEqual(["__proto__", "constructor"]);
    expect(Object.values(template.agents)[0]?.package).toEqual(pkgs("x"));
    expect(Object.getPrototypeOf(template.agents)).toBeNull();
    expect("package" in {}).toBe(false);
  });

  it("takes names up to what the store does", () => {
    const longest = "a".repeat(207);
    for (const name of [longest, "a+b", "a.b", "a=b", "7z", "_"])
      expect(Object.keys(defineTemplate({ agents: { [name]: { package: "x" } } }).agents)).toEqual([
        name,
      ]);
  });

  it.each([
    "",
    ".",
    "..",
    ".a",
    ".-a",
    "-a",
    "a b",
    "a/b",
    "é",
    "a\n",
    "a$b",
    "a?b",
    "a'b",
    "a".repeat(208),
  ])("refuses the agent's name %j", (name) => {
    const [first, ...others] = templateProblems({ agents: { [name]: { package: "x" } } });
    expect(first).toMatch(/cannot name a program in the Nix store/);
    expect(others).toEqual([]);
  });

  it.each([
    ["no agents", {}, [/^agents: is missing \| write agents: \{/]],
    ["a list of agents", { agents: [] }, [/^agents: an object is wanted, not a list/]],
    ["an agent that is text", { agents: { a: "x" } }, [/^agents\/a: an object is wanted/]],
    [
      "a wrong name and agent",
      { agents: { "a b": {} } },
      [/^agents\/a b: /, /^agents\/a b\/package/],
    ],
    [
      "two wrong agents",
      { agents: { a: { package: 1 }, b: { package: 2 } } },
      [/^agents\/a\/package/, /^agents\/b\/package/],
    ],
    [
      "an unknown field",
      { agents: {}, agent: 1 },
      [/^agent: unknown field \| did you mean "agents"/],
    ],
    ["a description", { agents: {}, description: 1 }, [/^description: text is wanted/]],
    ["extra packages", { agents: {}, extraPackages: ["a b"] }, [/^extraPackages\/0: "a b" is no/]],
    [
      "an agent's own package beside it",
      {
        agents: { claude, aider: { package: "a.b" } },
        extraPackages: ["git", "a.b", pkgs("claude-code")],
      },
      [/^extraPackages\/1: .*agent "aider"/, /^extraPackages\/2: .*agent "claude"/],
    ],
    ["root", { agents: {}, user: { name: "root" } }, [/^user\/name: "root" cannot/]],
    ["a user's name", { agents: {}, user: { name: "A b" } }, [/^user\/name: "A b" cannot/]],
    ["uid 0", { agents: {}, user: { uid: 0 } }, [/^user\/uid: 0 cannot .*not root's 0/]],
    ["uid 65534", { agents: {}, user: { uid: 65534 } }, [/^user\/uid: 65534 cannot/]],
    ["uid 1.5", { agents: {}, user: { uid: 1.5 } }, [/^user\/uid: 1\.5 cannot/]],
    [
      "uid NaN",
      { agents: {}, user: { uid: Number.NaN } },
      [/^user\/uid: a number is wanted, not NaN/],
    ],
    [
      "uid as text",
      { agents: {}, user: { uid: "1000" } },
      [/not "1000" \| write it without quotes/],
    ],
    [
      "a user field",
      { agents: {}, user: { gid: 1 } },
      [/^user\/gid: unknown field \| did you mean/],
    ],
  ] as const)("refuses %s", (_, input, expected) => {
    const found = templateProblems(input);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  it.each([
    ["run/secrets", "absolute"],
    ["~/secrets", "absolute"],
    ["", "absolute"],
    ["/run/my secrets", "letters"],
    ["/run/a:b", "letters"],
    ["/run/é", "letters"],
    ["/run/a\nb", "letters"],
    ["/run//secrets", '| write "/run/secrets"'],
    ["/run/secrets/", '| write "/run/secrets"'],
    ["/run/./secrets", '| write "/run/secrets"'],
    ["/run/x/../secrets", '| write "/run/secrets"'],
    ["/../..", '| write "/"'],
    ["/", "whole file system"],
    ["/nix", "world-readable"],
    ["/nix/store", "world-readable"],
    ["/nix/store/abc", "world-readable"],
  ])("refuses the path %j, for a mount point as for a host's file", (path, reason) => {
    const [mountPoint, ...others] = templateProblems({ agents: {}, secretsMountPoint: path });
    expect(others).toEqual([]);
    expect(mountPoint).toContain(reason);
    // The way out is another example, of a secret's file.
    const rule = (problem = "") => problem.split(" | ")[0]?.replace(/^[\w/]+: /, "");
    const [source, ...more] = configProblems({ secrets: { a: path }, templates: {} });
    expect([rule(source), more]).toEqual([rule(mountPoint), []]);
    expect(source).toMatch(/^secrets\/a: /);
  });
});

describe("defineConfig", () => {
  it("returns the secrets and every template", () => {
    const template = defineTemplate({ agents: { claude } });
    const config = defineConfig({
      secrets: { anthropic: "/run/secrets/anthropic-api-key" },
      templates: { default: template, other: { agents: { local: { package: "ollama" } } } },
    });
    expect(config.secrets).toEqual({ anthropic: "/run/secrets/anthropic-api-key" });
    expect(config.templates.default).toEqual(template);
    expect(config.templates.other).toEqual(
      defineTemplate({ agents: { local: { package: "ollama" } } }),
    );
    expect(defineConfig(config)).toEqual(config);
    expect(defineConfig({ templates: {} })).toEqual({
      secrets: {},
      templates: {},
      sandboxes: {},
      outputs: {},
    });
    for (const part of [config, config.secrets, config.templates])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it("keeps prototype-named secrets and templates", () => {
    const config = defineConfig(
      JSON.parse(
        '{"secrets":{"__proto__":"/a","constructor":"/b"},"templates":{"__proto__":{"agents":{"x":{"package":"x","secrets":{"A":"__proto__","B":"constructor"}}}}}}',
      ),
    );
    expect(Object.entries(config.secrets)).toEqual([
      ["__proto__", "/a"],
      ["constructor", "/b"],
    ]);
    expect(Object.keys(config.templates)).toEqual(["__proto__"]);
  });

  it("does not take inherited names for secrets", () => {
    const agents = { x: { package: "x", secrets: { A: "constructor" } } };
    expect(configProblems({ secrets: {}, templates: { t: { agents } } })).toEqual([
      expect.stringMatching(/^templates\/t\/agents\/x\/secrets\/A: "constructor" is no secret/),
    ]);
  });

  it("names the place of every unknown secret, and what was meant", () => {
    const agents = {
      claude: { ...claude, secretName: "antropic" },
      two: { package: "x", secrets: { A: "openapi", B: "zzz" } },
      three: { package: "x", secrets: [{ variable: "A", secretName: "OPENAI" }] },
    };
    const secrets = { anthropic: "/a", openai: "/b" };
    expect(configProblems({ secrets, templates: { t: { agents } } })).toEqual([
      'templates/t/agents/claude/secretName: "antropic" is no secret of this configuration | did you mean "anthropic"?',
      'templates/t/agents/two/secrets/A: "openapi" is no secret of this configuration | did you mean "openai"?',
      'templates/t/agents/two/secrets/B: "zzz" is no secret of this configuration | known: "anthropic", "openai"',
      'templates/t/agents/three/secrets/0/secretName: "OPENAI" is no secret of this configuration | did you mean "openai"?',
    ]);
  });

  it.each([
    ["no templates", {}, [/^templates: is missing \| write templates: /]],
    [
      "a secret's path as Nix",
      { secrets: { a: path("/a") }, templates: {} },
      [/^secrets\/a: .*store/],
    ],
    [
      "a secret's name",
      { secrets: { "a/b": "/a" }, templates: {} },
      [/^secrets\/a\/b: "a\/b" cannot/],
    ],
    [
      "a template's name",
      { templates: { "a b": { agents: {} } } },
      [/^templates\/a b: "a b" cannot/],
    ],
    [
      "problems everywhere",
      {
        secret: {},
        secrets: { a: "b" },
        templates: { t: { agents: { claude }, user: { uid: 0 } }, u: { agents: { x: {} } } },
      },
      [
        /^secrets\/a: "b" is no path/,
        /^templates\/t\/user\/uid: 0/,
        /^templates\/u\/agents\/x\/package: is missing/,
        /^secret: unknown field \| did you mean "secrets"/,
        /^templates\/t\/agents\/claude\/secretName: "anthropic" is no secret/,
      ],
    ],
  ] as const)("refuses %s", (_, input, expected) => {
    const found = configProblems(input);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  it("checks 2,000 agents in linear time, each wrong", () => {
    const agents = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`a${index}`, { ...claude, args: index }]),
    );
    expect(configProblems({ secrets: { b: "/b" }, templates: { t: { agents } } })).toHaveLength(
      4000,
    );
  });
});
