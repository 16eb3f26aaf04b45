import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { findConfig, loadConfig } from "../../lib/files/config.ts";
import * as forageNix from "../../lib/index.ts";
import { failure, temporaryProjects } from "../support/project.ts";

const KEY = "sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const CONFIG = `{ secrets: { a: "/a" }, templates: { t: { agents: { x: { package: "x", secrets: { A: "a" } } } } } }`;
const MODULES = async () => ({ "forage-nix": forageNix });

const project = temporaryProjects();

/** Files in a directory of their own; returns the first one's path. */
async function files(contents: Readonly<Record<string, string>>): Promise<string> {
  const directory = await project(contents);
  return join(directory, Object.keys(contents)[0] ?? "");
}

describe("findConfig", () => {
  it.each(["ts", "mts", "js", "mjs", "json"])("finds forage.config.%s", async (extension) => {
    const file = await files({ [`forage.config.${extension}`]: "" });
    expect(await findConfig(dirname(file))).toBe(file);
  });

  it("takes the nearest above, and TypeScript before its output", async () => {
    const file = await files({ "forage.config.ts": "", "forage.config.js": "", "a/b/c": "" });
    expect(await findConfig(join(dirname(file), "a/b"))).toBe(file);
    await writeFile(join(dirname(file), "a/forage.config.json"), "");
    expect(await findConfig(join(dirname(file), "a/b"))).toBe(
      join(dirname(file), "a/forage.config.json"),
    );
  });

  it("takes no directory for a file, and says what it looked for", async () => {
    const file = await files({ "forage.config.ts/x": "" });
    const error = await failure(findConfig(dirname(file)));
    expect(error.code).toBe("config-file");
    expect(error.message).toMatch(
      /no configuration in .* forage\.config\.json\n {2}write one with `forage init`, or/,
    );
  });
});

describe("loadConfig", () => {
  it.each([
    ["forage.config.ts", `const config: object = ${CONFIG};\nexport default config;`],
    ["forage.config.mts", `export default ${CONFIG} as const;`],
    ["forage.config.js", `export default ${CONFIG};`],
    ["forage.config.mjs", `export default Promise.resolve(${CONFIG});`],
    ["forage.config.js", `module.exports = ${CONFIG};`],
    ["other.ts", `export default (await Promise.resolve(${CONFIG})) as object;`],
    [
      "forage.config.ts",
      `import { defineConfig } from "forage-nix"; export default defineConfig(${CONFIG});`,
    ],
    [
      "forage.config.mjs",
      `import { defineConfig } from "forage-nix"; export default defineConfig(${CONFIG});`,
    ],
    [
      "forage.config.js",
      `import { defineConfig } from "forage-nix"; export default defineConfig(${CONFIG});`,
    ],
  ])("evaluates %s: %s", async (name, content) => {
    const config = await loadConfig(await files({ [name]: content }), MODULES);
    expect(config.secrets).toEqual({ a: "/a" });
    expect(Object.keys(config.templates["t"]?.agents ?? {})).toEqual(["x"]);
  });

  it("evaluates what a configuration imports, and again when it has changed", async () => {
    const agents = (name: string) =>
      `import { defineAgent, pkgs } from "forage-nix";\nexport const agents = { ${name}: defineAgent({ package: pkgs("x") }) };`;
    const file = await files({
      "forage.config.ts": `import { agents } from "./agents.ts";\nexport default { templates: { t: { agents } } };`,
      "agents.ts": agents("one"),
    });
    const names = async () =>
      Object.keys((await loadConfig(file, MODULES)).templates["t"]?.agents ?? {});
    expect(await names()).toEqual(["one"]);
    await writeFile(join(dirname(file), "agents.ts"), agents("two"));
    expect(await names()).toEqual(["two"]);
  });

  it("reads JSON that names its schema", async () => {
    const text = `{"$schema":"./forage.schema.json","templates":{"t":{"agents":{"x":{"package":"x"}}}}}`;
    const config = await loadConfig(await files({ "forage.config.json": text }));
    expect(Object.keys(config)).not.toContain("$schema");
  });

  it("reads JSON, with a byte order mark and prototype names", async () => {
    const text = '\ufeff{"templates":{"t":{"agents":{"__proto__":{"package":"x"}}}}}';
    const config = await loadConfig(await files({ "forage.config.json": text }));
    expect(Object.keys(config.templates["t"]?.agents ?? {})).toEqual(["__proto__"]);
  });

  it.each([
    ["a.ts", "export default {", /^a\.ts cannot be evaluated: /],
    [
      "a.ts",
      "throw new Error('out of\\nluck');",
      /^a\.ts cannot be evaluated: out of\n {2}--verbose/,
    ],
    ["a.ts", "throw null;", /^a\.ts cannot be evaluated: null\n {2}throw an Error/],
    ["a.ts", "throw new Error('');", /^a\.ts cannot be evaluated: it throws an error without/],
    ["a.ts", "throw Symbol('why');", /^a\.ts cannot be evaluated: Symbol\(why\)\n/],
    ["a.ts", "throw Object.create(null);", /: it throws what cannot be shown\n/],
    ["a.ts", "throw { toString() { throw 1 } };", /: it throws what cannot be shown\n/],
    ["a.ts", "throw { toString: () => ({}) };", /: it throws what cannot be shown\n/],
    [
      "a.ts",
      "throw new (class extends Error { get message() { throw 1 } })();",
      /: it throws what cannot be shown\n/,
    ],
    [
      "a.ts",
      "throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } });",
      /: it throws what cannot be shown\n/,
    ],
    ["a.ts", "throw Object.assign(new Error(), { message: { a: 1 } });", /: \[object Object\]\n/],
    [
      "a.ts",
      "throw Object.assign(new Error('odd'), { name: 'ForageError', diagnostics: [1] });",
      /: odd\n/,
    ],
    [
      "a.ts",
      "throw Object.assign(new Error('odd'), { name: 'ForageError', get diagnostics() { throw 1 } });",
      /: 1\n/,
    ],
    [
      "a.ts",
      "throw Object.defineProperty(Object.assign(new Error('odd'), { name: 'ForageError' }), 'diagnostics', { get() { throw 1 } });",
      /: odd\n/,
    ],
    ["a.ts", "export default { then() { throw Object.create(null) } };", /cannot be shown/],
    ["a.ts", "import 'no-such-package';", /no-such-package.*\n {2}install it/],
    ["a.ts", "import './nowhere.ts';", /nowhere.*\n {2}install it/],
    ["a.ts", "export default Promise.reject(new Error('late'));", /cannot be evaluated: late/],
    [
      "a.ts",
      "export const config = {};",
      /^a\.ts has no default export\n {2}write: export default/,
    ],
    ["a.mjs", "", /^a\.mjs has no default export/],
  ])("refuses %s that says %j", async (name, content, message) => {
    const error = await failure(loadConfig(await files({ [name]: content }), MODULES));
    expect(error.code).toBe("config-file");
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\n {4}at /);
  });

  it.each([
    ['{"a":1,}', /an unexpected "\}" at line 1, column 8\n {2}JSON takes neither/],
    ["{\n  // why\n}", /an unexpected "\/" at line 2, column 3/],
    ["{a:1}", /an unexpected "a" at line 1, column 2/],
    ['{"a":\n', /an unexpected end/],
    ["", /an unexpected end/],
    ['{"a":"x\ny"}', /is no JSON: an unexpected "\\n" at line 1, column 8/],
    ['{"a":1} {', /an unexpected "\{" at line 1, column 9/],
    ["[".repeat(200_000), /a\.json is nested more than 100 levels deep.*\n {2}look for a bracket/],
    [`${"[".repeat(3000)}${"]".repeat(3000)}`, /a\.json is nested more than 100 levels deep/],
    [`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`, /a\.json is nested more than/],
    [`["${"[".repeat(200)}\\"${"{".repeat(200)}",${"[],".repeat(200)}1}`, /an unexpected "\}"/],
  ])("refuses the JSON %.20j", async (content, message) => {
    const error = await failure(loadConfig(await files({ "a.json": content })));
    expect(error.code).toBe("config-file");
    expect(error.message).toMatch(message);
  });

  it("refuses two agents with one wrapper's name, and every other property that stands twice", async () => {
    const text = `{
  "templates": {
    "t": { "agents": {
      "claude": { "package": "a", "package": "b" },
      "aider": { "package": "c" },
      "claude": { "package": "d" }
    } }
  }
}`;
    const error = await failure(loadConfig(await files({ "a.json": text })));
    expect(error.code).toBe("config-file");
    expect(error.diagnostics).toEqual([
      {
        path: ["templates", "t", "agents", "claude", "package"],
        message: "stands twice in a.json, first at line 4 and again at line 4, column 35",
        hint: "remove or rename one of the two",
      },
      {
        path: ["templates", "t", "agents", "claude"],
        message: "stands twice in a.json, first at line 4 and again at line 6, column 7",
        hint: "remove or rename one of the two",
      },
    ]);
  });

  it("passes on what is wrong with a definition", async () => {
    const file = await files({ "a.json": '{"templates":{"t":{"agents":{"x":{}}}}}' });
    const error = await failure(loadConfig(file));
    expect(error.code).toBe("definition");
    expect(error.diagnostics[0]?.path).toEqual(["templates", "t", "agents", "x", "package"]);
  });

  it("knows the error of another copy of forage-nix", async () => {
    const file = await files({
      "a.mjs": `class ForageError extends Error { name = "ForageError"; code = "definition"; diagnostics = [{ path: ["x"], message: "m" }]; }\nthrow new ForageError();`,
    });
    const error = await failure(loadConfig(file));
    expect([error.code, error.message]).toEqual(["definition", "x: m"]);
  });

  it("keeps the error of a definition that the configuration itself checks, for its stack", async () => {
    const file = await files({
      "a.ts": `import { defineAgent } from "forage-nix";\nexport default defineAgent({} as never);`,
    });
    const error = await failure(loadConfig(file, MODULES));
    expect(error.code).toBe("definition");
    expect((error.cause as Error).stack).toContain(`at ${file}:2`);
    const circular = await files({ "a.ts": "const e = new Error('x'); e.cause = e; throw e;" });
    expect((await failure(loadConfig(circular))).message).toMatch(/: x\n {2}--verbose/);
  });

  it.each([
    ["a.ts", `throw new Error("${KEY}");`],
    ["a.ts", `throw new Error("outside", { cause: new Error("${KEY}") });`],
    ["a.ts", `throw Object.assign(new Error("outside"), { key: "${KEY}" });`],
    ["a.ts", `throw new Error("x".repeat(20_000) + " ${KEY}");`],
    ["a.ts", `throw "${KEY}";`],
    ["a.ts", `export default { templates: "${KEY}" "oops" };`],
    ["a.ts", `import "./${KEY}.ts";`],
    ["a.ts", `export default { "${KEY}": 1 };`],
    ["a.json", `{"${KEY}": oops}`],
    ["a.json", `{"${KEY}": "a\nb"}`],
    ["a.json", `{"${KEY}": 1, "${KEY}": 2}`],
  ])("does not repeat a live key: %s", async (name, content) => {
    const error = await failure(loadConfig(await files({ [name]: content })));
    expect(inspect(error, { depth: null })).not.toContain(KEY.slice(-12));
  });

  it("says why a file cannot be read", async () => {
    const file = await files({ "a.json": "{}", "b/c": "" });
    const at = (name: string) => join(dirname(file), name);
    expect((await failure(loadConfig(at("none.ts")))).message).toMatch(/there is no such file/);
    expect((await failure(loadConfig(at("b")))).message).toMatch(/it is a directory/);
    await chmod(file, 0);
    if (process.getuid?.() !== 0)
      expect((await failure(loadConfig(file))).message).toMatch(/permission denied/);
  });
});
