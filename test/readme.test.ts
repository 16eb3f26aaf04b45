import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";
import { expect, it, vi } from "vitest";
import { OUTPUT_KINDS } from "../lib/schema/outputs.ts";
import { forage } from "./support/forage.ts";
import { useNix } from "./support/nix.ts";
import { checkFlake, evalFlake } from "./support/nixos.ts";
import { temporaryDirectory } from "./support/temporary.ts";
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

const root = temporaryDirectory();

/** A directory with files. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(root(), "project-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

/** What a TypeScript snippet prints. */
async function printed(snippet: string): Promise<string> {
  const file = join(root(), "snippet.ts");
  await writeFile(file, snippet);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const jiti = createJiti(import.meta.url, {
    alias: {
      "forage-nix": fromRoot("lib/index.ts"),
      "forage-nix/driver": fromRoot("lib/driver/index.ts"),
      "forage-nix/nix": fromRoot("lib/nix/index.ts"),
    },
    fsCache: false,
    moduleCache: false,
  });
  try {
    await jiti.import(file);
    return log.mock.calls.map((words) => words.join(" ")).join("\n");
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

it("shows an excerpt of what its own definition of sandboxes gives", async () => {
  const [, definition] = blocksBelow("Define");
  const [, , excerpt] = blocksBelow("Render");
  const directory = await project({ "forage.config.ts": definition?.text ?? "" });
  expect(await forage(["render"], directory)).toMatchObject({ status: 0 });
  const module = readFileSync(join(directory, "nix/sandboxes.nix"), "utf8");
  expect(excerpt?.text).toMatch(/secretsUnit "alice"/);
  expect(module).toContain(`\n${excerpt?.text}`);
});

it("has a table of all kinds of output", () => {
  const [, section = ""] = read("README.md").split("\n## Render\n");
  const [, table = ""] = section.split("| output | what it is | how it is used |\n");
  const [own = ""] = table.split("\n\n");
  const rows = [...own.matchAll(/^\| (`.*?) \|/gm)].map(([, kinds = ""]) => kinds);
  const kinds = rows.flatMap((row) => [...row.matchAll(/`([\w-]+)`/g)].map(([, kind]) => kind));
  expect(kinds.toSorted()).toEqual(OUTPUT_KINDS.toSorted());
});

it("has a table of all commands, with their options", async () => {
  const [, ...sections] = read("README.md").split("| command | what it does | options |\n");
  const tables = sections.map((section) => section.split("\n\n")[0] ?? "");
  const rows = tables
    .join("\n")
    .split("\n")
    .map((row) => {
      const [commands = "", , options = ""] = row.split(" | ");
      return { commands, options };
    });
  const named = rows.flatMap(({ commands, options }) =>
    [...commands.matchAll(/`forage ([a-z]+(?: [a-z]+)?)/g)].map(([, command = ""]) => ({
      command,
      options,
    })),
  );
  expect(named.map(({ command }) => command).toSorted()).toEqual([
    "agents",
    "audit",
    "audit sum",
    "audit verify",
    "bridge check",
    "bridge run",
    "check",
    "completion",
    "down",
    "exec",
    "gc",
    "init",
    "logs",
    "ps",
    "render",
    "reset",
    "rotate",
    "schema",
    "shell",
    "up",
    "verify",
  ]);
  for (const { command, options } of named) {
    const { out } = await forage([...command.split(" "), "--help"], root());
    const known = [...out.matchAll(/(--[a-z-]+)/g)].map(([, option]) => option);
    if (command === "schema" || command === "shell") continue;
    for (const [, option] of options.matchAll(/`(--[a-z-]+)/g)) expect(known).toContain(option);
  }
});

it("shows what forage check prints", async () => {
  const [shown] = blocksBelow("Check in CI");
  const directory = await project({
    "forage.config.ts": read("examples/two-agents/forage.config.ts"),
    "wrappers.nix": read("examples/two-agents/wrappers.nix").replace(
      "lib.getExe pkgs.aider-chat",
      "lib.getExe pkgs.aider",
    ),
  });
  const { status, out, err } = await forage(["check"], directory);
  expect(status).toBe(1);
  expect(shown?.text).toBe(`$ forage check\n${out}${err}`);
});

it("has the golden check of examples/ci-golden", () => {
  const [, test] = blocksBelow("Check in CI");
  expect(test?.text).toBe(read("examples/ci-golden/nix.test.ts"));
});

it.each([
  ["Use from your own tooling", 0],
  ["The Nix language by itself", 0],
])("prints what it says below %s", async (heading, at) => {
  const [snippet, output] = blocksBelow(heading).slice(at);
  expect([snippet?.language, output?.language]).toEqual(["ts", "nix"]);
  expect(output?.text).toBe(await printed(snippet?.text ?? ""));
});

it("writes and checks files with its own tooling", async () => {
  const [, , snippet] = blocksBelow("Use from your own tooling");
  const directory = await project({});
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(directory);
  try {
    expect(await printed(snippet?.text ?? "")).toBe("created sandboxes.nix");
    expect(await printed(snippet?.text ?? "")).toBe("unchanged sandboxes.nix");
  } finally {
    cwd.mockRestore();
  }
});

it("has the steps of a sandbox as data", async () => {
  const [, snippet] = blocksBelow("Run sandboxes").filter(({ language }) => language === "ts");
  await writeFile(join(root(), "forage.config.ts"), read("examples/two-agents/forage.config.ts"));
  const lines = (await printed(snippet?.text ?? "")).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "write the container's configuration write",
    "build the system run",
  ]);
  expect(lines).toContain("copy the secret openai copy-secret");
});

it("complains as it says", async () => {
  const [definition, complaint] = blocksBelow("Mistakes");
  const directory = await project({ "forage.config.ts": definition?.text ?? "" });
  const { status, out, err } = await forage(["render"], directory);
  expect([status, out]).toEqual([2, ""]);
  expect(err).toBe(complaint?.text);
});

needs("nix", "nix-instantiate")("the README's Nix", () => {
  const nix = useNix();

  it("is a flake with a module, five minutes later", async () => {
    const [commands, flake] = blocksBelow("Five minutes to a flake module");
    const lines = commands?.text.trim().split("\n") ?? [];
    expect(lines[0]).toBe("npm install --save-dev forage-nix");
    const directory = await project({ "flake.nix": flake?.text ?? "" });
    for (const line of lines.slice(1)) {
      expect(line).toMatch(/^npx forage /);
      const { status, err } = await forage(line.split(" ").slice(2), directory);
      expect(status, err).toBe(0);
    }
    expect((await forage(["check"], directory)).status).toBe(0);
    await checkFlake(nix(), directory);
    const names = { apply: "builtins.attrNames" };
    expect(await evalFlake(nix(), directory, "packages.x86_64-linux", names)).toEqual(["claude"]);
    const modules = await evalFlake(nix(), directory, "nixosModules", names);
    expect(modules).toContain("sandboxes");
  });

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
    const texts = [...read("README.md").matchAll(/^```nix\n([\s\S]*?)^```$/gm)].map(
      ([, text = ""]) =>
        // An excerpt of a module's members, or of a `let`.
        /^\s/.test(text) ? `{ config, secretsUnit, ... }: {\n${text}}` : text,
    );
    const whole = texts.filter((text) => !text.includes("# …"));
    expect(whole).toHaveLength(texts.length - 1);
    await nix().parse(whole);
  });
});
