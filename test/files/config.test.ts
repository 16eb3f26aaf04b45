import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { dir } from "tmp-promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findConfig, loadConfig } from "../../lib/files/config.ts";
import * as forageNix from "../../lib/index.ts";
import { ForageError } from "../../lib/index.ts";

const KEY = "sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const CONFIG = `{ secrets: { a: "/a" }, templates: { t: { agents: { x: { package: "x", secrets: { A: "a" } } } } } }`;
const MODULES = { "forage-nix": forageNix };

let root: string;
let remove: () => Promise<void>;
let made = 0;

beforeAll(async () => {
  const directory = await dir({ unsafeCleanup: true });
  root = directory.path;
  remove = directory.cleanup;
});
afterAll(() => remove());

/** Files in a directory of their own; returns the first one's path. */
async function files(contents: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(root, `${made++}`);
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return join(directory, Object.keys(contents)[0] ?? "");
}

async function failure(promise: Promise<unknown>): Promise<ForageError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ForageError) return error;
  throw new Error("no ForageError", { cause: error });
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
    expect(error.message).toMatch(/no configuration in .* forage\.config\.json\n {2}write one, or/);
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
    ["a.ts", "throw null;", /^a\.ts cannot be evaluated: null\n/],
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
    ["[".repeat(200_000), /a\.json is no JSON/],
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

  it.each([
    ["a.ts", `throw new Error("${KEY}");`],
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
