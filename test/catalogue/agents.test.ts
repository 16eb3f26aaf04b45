import { describe, expect, it } from "vitest";
import { agents, catalogue } from "../../lib/catalogue/agents.ts";
import type { CatalogueEntry } from "../../lib/catalogue/types.ts";
import {
  type AgentInput,
  type Diagnostic,
  defineAgent,
  defineTemplate,
  pkgs,
  renderWrapper,
} from "../../lib/index.ts";
import { refusals as refusalsOf } from "../support/refusals.ts";

const entries: [name: keyof typeof agents, entry: CatalogueEntry][] = Object.entries(
  catalogue,
) as never;

/** A function of `agents`, as JavaScript sees it. */
function untyped(name: keyof typeof agents): (input?: unknown) => AgentInput {
  return agents[name] as never;
}

function refusals(define: () => unknown): readonly Diagnostic[] {
  return refusalsOf(define, "definition");
}

describe.each(entries)("%s", (name, entry) => {
  const variables = Object.keys(entry.authVariables);
  const agent = untyped(name);

  it("is an agent without a secret", () => {
    expect(defineAgent(agent())).toMatchObject({
      package: pkgs(entry.package),
      secrets: [],
      unfreePackages: entry.unfree ? [entry.package] : [],
    });
    expect(agent({})).toEqual(agent());
  });

  it("is an agent with a secret in each of its variables", () => {
    for (const authEnvVar of variables) {
      const { secrets } = defineAgent(agent({ secretName: "s", authEnvVar }));
      expect(secrets).toEqual([{ variable: authEnvVar, secretName: "s" }]);
    }
  });

  it("has its default variable, or has to be told one", () => {
    const { defaultAuthVariable } = entry;
    if (defaultAuthVariable === undefined) {
      expect(refusals(() => defineAgent(agent({ secretName: "s" })))).toEqual([
        expect.objectContaining({
          path: ["authEnvVar"],
          message: expect.stringContaining("missing"),
        }),
      ]);
    } else {
      expect(variables[0]).toBe(defaultAuthVariable);
      const given = agent({ secretName: "s", authEnvVar: undefined });
      expect(given.authEnvVar).toBe(defaultAuthVariable);
    }
  });

  it("renders", () => {
    const template = defineTemplate({ agents: { [entry.program]: agent() } });
    expect(renderWrapper(template, entry.program)).toContain(`pkgs.${entry.package}`);
  });

  it("is told to ask the bridge, or says why it cannot be", () => {
    for (const [variable, { endpoint, provider }] of Object.entries(entry.authVariables)) {
      const key = agent({ secretName: "s", authEnvVar: variable });
      expect(key.endpoints).toEqual({ [variable]: endpoint });
      const template = () => defineTemplate({ auth: "bridge", agents: { [entry.program]: key } });
      if (endpoint.unavailable !== undefined) {
        expect(refusals(template)).toEqual([
          expect.objectContaining({ message: expect.stringContaining(endpoint.unavailable) }),
        ]);
        continue;
      }
      expect(JSON.stringify([endpoint.env, endpoint.args])).toContain("{url}");
      const asked = endpoint.provider?.startsWith(provider ?? "") ?? true;
      expect(asked).toBe(true);
      expect(template).not.toThrow();
    }
  });

  it("is frozen data that JSON can hold", () => {
    expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
    expect(Object.isFrozen(entry.authVariables[variables[0] ?? ""])).toBe(true);
    expect(Object.isFrozen(agent())).toBe(true);
  });

  it("names headers in lower case, and absolute paths", () => {
    for (const { header, scheme, extraHeaders = {} } of Object.values(entry.authVariables)) {
      expect(scheme === "Bearer").toBe(header === "authorization");
      for (const extra of Object.keys(extraHeaders)) expect(extra).toBe(extra.toLowerCase());
    }
    const { stateDirectories, stateFiles = [], managedFiles = [] } = entry;
    for (const path of [...stateDirectories, ...stateFiles]) expect(path).toMatch(/^~\/\./);
    for (const path of managedFiles) expect(path).toMatch(/^\/etc\//);
  });
});

describe("a field that is given", () => {
  it.each([
    ["authEnvVar", "ANTHROPIC_AUTH_TOKEN"],
    ["secrets", { GH_TOKEN: "github" }],
    ["secrets", [{ variable: "GH_TOKEN", secretName: "github" }]],
    ["mainProgram", "claude-wrapped"],
    ["args", ["--verbose"]],
    ["env", { ANTHROPIC_BASE_URL: "http://10.233.0.1:8080" }],
    ["onMissingSecret", "fail"],
    ["multiline", true],
    ["unfreePackages", ["claude-code", "other"]],
    ["unfreePackages", []],
  ])("replaces the catalogue's %s with %j", (field, value) => {
    const given = untyped("claudeCode")({ secretName: "anthropic", [field]: value });
    const { endpoints, ...agent } = given;
    expect(agent).toEqual({
      package: "claude-code",
      secretName: "anthropic",
      authEnvVar: "ANTHROPIC_API_KEY",
      unfreePackages: ["claude-code"],
      [field]: value,
    });
    expect(() => defineAgent(given)).not.toThrow();
  });

  it("replaces the package, and with it the unfree packages", () => {
    const mine = agents.claudeCode({ package: pkgs("mine", "claude"), secretName: "anthropic" });
    expect(mine).toMatchObject({ package: pkgs("mine", "claude"), secretName: "anthropic" });
    expect(mine).not.toHaveProperty("unfreePackages");
    expect(defineAgent(mine).package).toEqual(pkgs("mine", "claude"));
    const unfreePackages = ["mine"];
    expect(agents.claudeCode({ package: "mine", unfreePackages })).toEqual({
      package: "mine",
      unfreePackages,
    });
  });

  it("is left out where it is undefined", () => {
    const nothing = { package: undefined, args: undefined, secretName: undefined };
    expect(agents.claudeCode(nothing)).toStrictEqual(agents.claudeCode());
  });

  it("stays the caller's own", () => {
    const args = ["--verbose"];
    const agent = agents.claudeCode({ args });
    args.push("--more");
    expect(agent.args).toEqual(["--verbose"]);
  });
});

describe("how an agent is told to ask the bridge", () => {
  it("is said for each of its keys, also for those in secrets", () => {
    const all = Object.keys(catalogue.opencode.authVariables);
    const secrets = Object.fromEntries(all.map((variable, index) => [variable, `s${index}`]));
    const opencode = agents.opencode({ secrets });
    expect(Object.keys(opencode.endpoints ?? {})).toEqual(all);
    expect(() => defineTemplate({ auth: "bridge", agents: { opencode } })).not.toThrow();
  });

  it("can be said otherwise", () => {
    const endpoints = { CURSOR_API_KEY: { env: { MY_URL: "{url}" } } };
    const cursor = agents.cursor({ secretName: "s", endpoints });
    expect(cursor.endpoints).toEqual(endpoints);
    expect(() => defineTemplate({ auth: "bridge", agents: { cursor } })).not.toThrow();
  });
});

describe("the unfree agents", () => {
  it("are those whose licence Nixpkgs refuses", () => {
    const unfree = entries.filter(([, entry]) => entry.unfree).map(([name]) => name);
    expect(unfree).toEqual(["claudeCode", "crush", "amp", "cursor", "copilot"]);
  });
});

describe("a mistake", () => {
  it("in a variable's name is told, with the one that was meant", () => {
    const wrong = { secretName: "s", authEnvVar: "CODEX_APIKEY" };
    expect(refusals(() => untyped("codex")(wrong))).toEqual([
      {
        path: ["authEnvVar"],
        message:
          '"CODEX_APIKEY" is no variable that Codex reads a key from; "secrets" takes any variable',
        hint: 'did you mean "CODEX_API_KEY"?',
      },
    ]);
    const other = { secretName: "s", authEnvVar: "MISTRAL" };
    expect(refusals(() => untyped("geminiCli")(other))[0]?.hint).toBe(
      'known: "GEMINI_API_KEY", "GOOGLE_API_KEY"',
    );
    const inherited = { secretName: "s", authEnvVar: "constructor" };
    expect(refusals(() => untyped("codex")(inherited))).toHaveLength(1);
  });

  it.each([
    ["anthropic", 'Claude Code is defined by an object, not "anthropic"'],
    [null, "not null"],
    [["anthropic"], "not a list"],
    [pkgs("claude-code"), "not a Nix expression"],
    [() => ({}), "a function is no plain data"],
  ])("in the whole is told: %j", (input, message) => {
    expect(refusals(() => untyped("claudeCode")(input))).toEqual([
      expect.objectContaining({ path: [], message: expect.stringContaining(message) }),
    ]);
  });

  it("elsewhere is for defineAgent to tell", () => {
    const found = refusals(() =>
      defineAgent(untyped("claudeCode")({ secretName: 1, authEnvVar: 2, arg: [], __proto__: 3 })),
    );
    expect(found.map(({ path }) => path.join("."))).toEqual(["secretName", "authEnvVar", "arg"]);
    const named = JSON.parse('{ "__proto__": {} }');
    expect(refusals(() => defineAgent(untyped("codex")(named)))).toEqual([
      expect.objectContaining({ path: ["__proto__"], message: "unknown field" }),
    ]);
  });

  it("with a live key in it does not repeat the key", () => {
    const key = `sk-ant-api03-${"aB3".repeat(10)}`;
    for (const input of [key, { secretName: key }, { authEnvVar: key }, { [key]: 1 }]) {
      const found = refusals(() => untyped("claudeCode")(input));
      expect(found).not.toEqual([]);
      expect(JSON.stringify(found)).not.toContain("aB3");
    }
  });

  it("with a property that throws is told too", () => {
    const input = {
      get secretName() {
        throw new Error("no");
      },
    };
    expect(refusals(() => untyped("claudeCode")(input))).toEqual([
      expect.objectContaining({ path: ["secretName"] }),
    ]);
  });
});
