import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { dir } from "tmp-promise";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { run } from "../lib/cli/run.ts";
import { useNix } from "./support/nix.ts";
import { needs } from "./support/tools.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string) => readFileSync(fromRoot(path), "utf8");

/** The README's fenced blocks below a heading, in their order. */
function blocksBelow(heading: string): { language: string; text: string }[] {
  const [, section = ""] = read("README.md").split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

let root: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  const made = await dir({ unsafeCleanup: true });
  root = made.path;
  remove = made.cleanup;
});
afterAll(() => remove());

/** What a TypeScript snippet prints. */
async function printed(snippet: string): Promise<string> {
  const file = join(root, "snippet.ts");
  await writeFile(file, snippet);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const jiti = createJiti(import.meta.url, {
    alias: {
      "forage-nix": fromRoot("lib/index.ts"),
      "forage-nix/nix": fromRoot("lib/nix/index.ts"),
    },
    fsCache: false,
    moduleCache: false,
  });
  try {
    await jiti.import(file);
    return log.mock.calls.map(([text]) => text).join("\n");
  } finally {
    log.mockRestore();
  }
}

it("has two commands to try it with, and the package has their scripts", () => {
  const [commands] = blocksBelow("Try it");
  expect(commands?.text).toBe("npm ci && npm run demo\nnpm cit\n");
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  expect(scripts).toMatchObject({ demo: expect.any(String), test: expect.any(String) });
});

it("defines what examples/two-agents defines", () => {
  const [definition] = blocksBelow("Define");
  expect(definition?.text).toBe(read("examples/two-agents/forage.config.ts"));
});

it("shows an excerpt of examples/two-agents/wrappers.nix", () => {
  const [excerpt] = blocksBelow("Render");
  const wrappers = read("examples/two-agents/wrappers.nix");
  const [first = "", second = ""] = excerpt?.text.split("    # …\n") ?? [];
  expect(wrappers).toContain(`\n${first}`);
  expect(wrappers.split(first)[1]).toContain(`\n${second}`);
});

it.each([
  ["Render", 2],
  ["The Nix language by itself", 0],
])("prints what it says below %s", async (heading, at) => {
  const [snippet, output] = blocksBelow(heading).slice(at);
  expect([snippet?.language, output?.language]).toEqual(["ts", "nix"]);
  expect(output?.text).toBe(await printed(snippet?.text ?? ""));
});

it("complains as it says", async () => {
  const [definition, complaint] = blocksBelow("Mistakes");
  await writeFile(join(root, "forage.config.ts"), definition?.text ?? "");
  const said: string[] = [];
  const status = await run(["render"], {
    directory: root,
    write: (text) => void said.push(text),
    writeError: (text) => void said.push(text),
  });
  expect(status).not.toBe(0);
  expect(said.join("")).toBe(complaint?.text);
});

needs("nix-instantiate")("the README's Nix", () => {
  const nix = useNix();

  it("is a module with the wrappers as its packages", async () => {
    const [, module] = blocksBelow("Render");
    const directory = join(nix().directory, "readme");
    await mkdir(directory);
    await writeFile(join(directory, "module.nix"), module?.text ?? "");
    await writeFile(join(directory, "wrappers.nix"), read("examples/two-agents/wrappers.nix"));
    const [names] = await nix().evalJson([
      `let pkgs = import "${fromRoot("nix/offline-pkgs.nix")}" { }; in
      map (package: package.name)
        (import "${directory}/module.nix" { inherit pkgs; inherit (pkgs) lib; }).environment.systemPackages`,
    ]);
    expect(names).toEqual(["aider", "claude"]);
  });

  it("parses", async () => {
    const [, , , output] = blocksBelow("Render");
    const [, language] = blocksBelow("The Nix language by itself");
    await nix().parse([output?.text ?? "", language?.text ?? ""]);
  });
});
