import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineConfig, ForageError, pkgs, renderWrapper } from "../lib/index.ts";
import { attrs, comment, fn, op, ref, select, str } from "../lib/nix/index.ts";

const BODY = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const KEY = `sk-ant-api03-${BODY}`;

const agent = { package: pkgs("claude-code"), secretName: "anthropic", authEnvVar: "A" };

/** A configuration that is right but for what stands in it. */
function config(change: {
  readonly config?: object;
  readonly secrets?: object;
  readonly template?: object;
  readonly agents?: object;
  readonly agent?: object;
}): object {
  return {
    secrets: { anthropic: "/run/secrets/a", ...change.secrets },
    templates: {
      default: {
        agents: { claude: { ...agent, ...change.agent }, ...change.agents },
        ...change.template,
      },
    },
    ...change.config,
  };
}

function refusal(input: unknown): ForageError {
  try {
    defineConfig(input as never);
  } catch (error) {
    if (error instanceof ForageError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const PLACES: readonly (readonly [place: string, input: object])[] = [
  ["a value", config({ agent: { env: { B: KEY } } })],
  ["a part of a value", config({ agent: { args: ["-k", `--key=${KEY}`] } })],
  ["a property's name", config({ agent: { env: { [KEY]: "x" } } })],
  ["an unknown field", config({ template: { [KEY]: KEY } })],
  ["deep in an unknown field", config({ config: { more: [{ deep: { er: KEY } }] } })],
  ["an agent's name", config({ agents: { [KEY]: agent } })],
  ["a wrong agent's name", config({ agents: { [`${KEY} `]: 1 } })],
  ["a secret's name", config({ secrets: { [KEY]: "/a" } })],
  ["a secret for a path", config({ secrets: { anthropic: KEY } })],
  ["a secret in a path", config({ secrets: { anthropic: `/run/${KEY}` } })],
  ["a secret's name in an agent", config({ agent: { secretName: KEY } })],
  ["a variable's name", config({ agent: { authEnvVar: KEY } })],
  ["a list of secrets", config({ agent: { secrets: [{ variable: KEY, secretName: KEY }] } })],
  ["a choice", config({ agent: { onMissingSecret: KEY } })],
  ["a description", config({ template: { description: `our key is ${KEY}` } })],
  ["a mount point", config({ template: { secretsMountPoint: `/${KEY}` } })],
  ["a user's name", config({ template: { user: { name: KEY } } })],
  ["a package's name", config({ agent: { package: KEY } })],
  ["an extra package", config({ template: { extraPackages: [`x.${KEY}`] } })],
  ["a package reference", config({ agent: { package: pkgs("x", KEY) } })],
  ["a string in Nix", config({ agent: { package: select(attrs({ a: KEY }), "a") } })],
  ["a hole in Nix", config({ agent: { package: select(str`${ref("x")}${KEY}`, "a") } })],
  ["an attribute in Nix", config({ agent: { package: select(attrs({ [KEY]: 1 }), "a") } })],
  ["a comment in Nix", config({ agent: { package: select(attrs([comment(KEY)]), "a") } })],
  ["a function in Nix", config({ agent: { package: op(ref("x"), "//", fn("y", KEY)) } })],
];

describe("a live key", () => {
  it.each(PLACES)("is refused as %s, and not repeated", (_, input) => {
    const error = refusal(input);
    const everything = inspect(error, { depth: null });
    expect(everything).not.toContain(BODY.slice(0, 12));
    expect(everything).not.toContain(BODY.slice(-12));
    expect(error.message).toContain("an Anthropic key");
    for (const { path } of error.diagnostics) expect(path.join("")).not.toContain(BODY);
  });

  it("is told once, by its place and kind", () => {
    expect(refusal(config({ agent: { env: { [KEY]: "x" } } })).diagnostics).toEqual([
      {
        path: ["templates", "default", "agents", "claude", "env", "…"],
        message: expect.stringContaining("this looks like an Anthropic key"),
        hint: expect.stringContaining('"secrets"'),
      },
    ]);
  });

  it("is not repeated where a wrong definition names other values", () => {
    fc.assert(
      fc.property(
        fc.object({
          key: fc.constantFrom("agents", "claude", "args", "env", KEY),
          maxDepth: 5,
          values: [fc.constant(KEY), fc.string(), fc.integer()],
        }),
        (templates) => {
          const error = refusal({ templates, [KEY]: 1 });
          expect(inspect(error, { depth: null })).not.toContain(BODY.slice(0, 12));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("may have a placeholder", () => {
    const env = { ANTHROPIC_API_KEY: `sk-ant-placeholder-${BODY}` };
    expect(() => defineConfig(config({ agent: { env } }) as never)).not.toThrow();
  });

  it("is not repeated when someone asks for an agent by it", () => {
    const { templates } = defineConfig(config({}) as never);
    const [template] = Object.values(templates);
    expect(() => renderWrapper(template as never, KEY as never)).toThrow(/no agent "…"/);
  });
});
