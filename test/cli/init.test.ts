import { chmod, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../lib/catalogue/agents.ts";
import { FORM_NAMES } from "../../lib/cli/init/forms.ts";
import { AGENT_NAMES } from "../../lib/cli/init/plan.ts";
import { forage } from "../support/forage.ts";
import { everything, temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();

const FLAKES = {
  "no flake": {},
  "a flake": { "flake.nix": "{ outputs = _: { }; }\n" },
  "flake-parts": {
    "flake.nix": '{ inputs.flake-parts.url = "github:hercules-ci/flake-parts"; }\n',
  },
};
const AGENTS = [[], ...AGENT_NAMES.map((name) => [name]), AGENT_NAMES];

function args(agents: readonly string[], ...others: readonly string[]): string[] {
  return ["init", ...others, ...(agents.length > 0 ? ["--agent", ...agents] : [])];
}

/** The file without its first line, which names the configuration. */
function body(text: string): string {
  return text.slice(text.indexOf("\n"));
}

describe("forage init", () => {
  it("writes a configuration, and says what is next", async () => {
    const directory = await project();
    expect(await forage(["init"], directory)).toEqual({
      status: 0,
      out: "created forage.config.ts\n",
      err: `forage: next
  1. have sops-nix or agenix put the keys where it says: /run/secrets/anthropic-api-key
  2. make the workspace the agents' own: install -d -o 1000 -g 1000 /srv/dev
  3. name the host's interface to the internet in externalInterface
  4. forage render, which writes nix/sandboxes.nix
  5. in the host's configuration.nix: imports = [ ./nix/sandboxes.nix ];
  6. for an editor: npm install --save-dev forage-nix
`,
    });
    expect(await readFile(join(directory, "forage.config.ts"), "utf8")).toBe(
      `import { agents, defineConfig } from "forage-nix";

export default defineConfig({
  // The host's file for each secret, where sops-nix or agenix puts it. What is
  // written here is its path, never the key.
  secrets: {
    anthropic: "/run/secrets/anthropic-api-key",
  },
  templates: {
    // What the sandboxes that are made from it have in them.
    default: {
      // Each by the command that people type. See also: forage agents
      agents: {
        claude: agents.claudeCode({ secretName: "anthropic" }),
      },
      // More programs: extraPackages: ["git", "ripgrep"],
    },
  },
  sandboxes: {
    // A container that works in this directory of the host.
    dev: { template: "default", workspace: "/srv/dev" },
  },
  // The files that \`forage render\` writes and \`forage check\` compares.
  outputs: {
    // A NixOS module.
    // In the host's configuration.nix: imports = [ ./nix/sandboxes.nix ];
    "nix/sandboxes.nix": {
      kind: "nixos-module",
      // The host's interface to the internet, for the sandboxes to share
      // (\`ip route\` shows it).
      externalInterface: "eth0",
    },
  },
});
`,
    );
    const rendered = await forage(["render"], directory);
    expect(rendered).toEqual({ status: 0, out: "created nix/sandboxes.nix\n", err: "" });
    expect((await forage(["check"], directory)).status).toBe(0);
  });

  it.each([
    ["no flake", "nix/sandboxes.nix", "nixos-module"],
    ["a flake", "nix/sandboxes.nix", "nixos-module"],
    ["flake-parts", "nix/flake-module.nix", "flake-module"],
  ] as const)("sees %s", async (flake, file, form) => {
    const directory = await project(FLAKES[flake]);
    const { err } = await forage(["init"], directory);
    const text = await readFile(join(directory, "forage.config.ts"), "utf8");
    expect(text).toContain(`    "${file}": {\n      kind: "${form}",\n`);
    expect(err.includes(`git add ${file}`)).toBe(flake !== "no flake");
    expect(text.includes("In flake.nix, ")).toBe(flake !== "no flake");
  });

  const combinations = FORM_NAMES.flatMap((form) =>
    Object.entries(FLAKES).map(([name, files]) => ({ form, name, files })),
  );

  it.each(combinations)("$form beside $name works at once", async ({ form, files }) => {
    for (const agents of AGENTS) {
      const bodies: string[] = [];
      for (const json of [[], ["--json"]]) {
        const directory = await project(files);
        const made = await forage(args(agents, "--form", form, ...json), directory);
        expect(made.status, made.err).toBe(0);
        const rendered = await forage(["render"], directory);
        expect(rendered, `${agents}`).toMatchObject({ status: 0, err: "" });
        const [, file = ""] = /^created (.*)\n$/.exec(rendered.out) ?? [];
        expect(made.err).toContain(`forage render, which writes ${file}\n`);
        bodies.push(body(await readFile(join(directory, file), "utf8")));
        expect((await forage(["check"], directory)).status).toBe(0);
        if ("flake.nix" in files)
          expect(await readFile(join(directory, "flake.nix"), "utf8")).toBe(files["flake.nix"]);
      }
      expect(bodies[1]).toBe(bodies[0]);
    }
  });

  it("gives agents of one provider one secret, and an agent that is named twice once", async () => {
    const directory = await project();
    await forage(args(["codex", "qwenCode", "codex", "copilot"]), directory);
    const text = await readFile(join(directory, "forage.config.ts"), "utf8");
    expect(text).toContain(`  secrets: {
    openai: "/run/secrets/openai-api-key",
    github: "/run/secrets/github-token",
  },`);
    expect(text).toContain(`      agents: {
        codex: agents.codex({ secretName: "openai" }),
        // It works with other providers too, by another variable.
        qwen: agents.qwenCode({
          secretName: "openai",
          authEnvVar: "OPENAI_API_KEY",
        }),
        copilot: agents.copilot({ secretName: "github" }),
      },`);
  });

  it("leaves sandboxes out where nothing would render them", async () => {
    const directory = await project();
    const { err } = await forage(args(["codex", "copilot"], "--form", "wrappers"), directory);
    expect(err).toContain(
      "  1. have each key in a file where its wrapper runs: /run/secrets/openai, /run/secrets/github\n  2. forage render",
    );
    const text = await readFile(join(directory, "forage.config.ts"), "utf8");
    expect(text).not.toMatch(/ sandboxes: |extraPackages|externalInterface/);
    const other = await project();
    await forage(["init", "--json", "--form", "wrappers"], other);
    const config = JSON.parse(await readFile(join(other, "forage.config.json"), "utf8")) as object;
    expect(config).not.toHaveProperty("sandboxes");
    expect(config).toHaveProperty("outputs", { "nix/wrappers.nix": "wrappers" });
  });

  it.each(["nixos-module", "flake-module", "flake"])("gives a %s the internet", async (form) => {
    const directory = await project();
    await forage(["init", "--json", "--form", form], directory);
    const config = JSON.parse(await readFile(join(directory, "forage.config.json"), "utf8")) as {
      outputs: object;
    };
    expect(Object.values(config.outputs)).toEqual([{ kind: form, externalInterface: "eth0" }]);
    expect((await forage(["render", "--stdout"], directory)).out).toContain("ve-dev");
  });

  it("takes an agent by its program too", async () => {
    const directory = await project();
    const programs = AGENT_NAMES.map((name) => catalogue[name].program);
    await forage(args(["claudeCode", ...programs]), directory);
    const text = await readFile(join(directory, "forage.config.ts"), "utf8");
    expect([...text.matchAll(/: agents\.(\w+)/g)].map(([, name]) => name)).toEqual(AGENT_NAMES);
  });

  it("does not speak of types that are at hand", async () => {
    const directory = await project({ "node_modules/forage-nix/package.json": "{}" });
    expect((await forage(["init"], directory)).err).not.toContain("npm install");
  });
});

describe("forage init leaves alone", () => {
  it.each(["ts", "mts", "js", "mjs", "json", "yaml"])("a forage.config.%s", async (extension) => {
    const name = `forage.config.${extension}`;
    const directory = await project({ [name]: "mine" });
    for (const options of [[], ["--json"], ["--yes"]])
      expect(await forage(["init", ...options], directory)).toEqual({
        status: 2,
        out: "",
        err: `forage: ${name} is there already\n  change that one, or move it away first\n`,
      });
    expect(await everything(directory)).toEqual({ [name]: "mine" });
  });

  it("a link with such a name that leads nowhere", async () => {
    const directory = await project();
    await symlink("nowhere.ts", join(directory, "forage.config.ts"));
    expect((await forage(["init"], directory)).status).toBe(2);
    expect(await everything(directory)).toEqual({ "forage.config.ts": "-> nowhere.ts" });
  });

  it("what stands where its output would, and writes that elsewhere", async () => {
    const mine = { "nix/sandboxes.nix": "{ mine = true; }\n" };
    const directory = await project(mine);
    await forage(["init"], directory);
    expect((await forage(["render"], directory)).out).toBe("created forage/sandboxes.nix\n");
    expect(await everything(directory)).toMatchObject(mine);
    const other = await project({ nix: "a file\n" });
    await forage(["init"], other);
    expect((await forage(["render"], other)).out).toBe("created forage/sandboxes.nix\n");
  });

  it("no file of an earlier configuration that is ours", async () => {
    const directory = await project();
    await forage(["init"], directory);
    await forage(["render"], directory);
    await rm(join(directory, "forage.config.ts"));
    await forage(["init"], directory);
    expect((await forage(["render"], directory)).err).toBe("forage: 1 file is up to date\n");
  });

  it.each([
    [["--agent", "claud"], /no agent is called "claud".*\n {2}did you mean "claude"\?/],
    [["--agent", "codex", "x9"], /no agent is called "x9".*\n {2}known: "claudeCode", "codex"/],
    [["--form", "container"], /Allowed choices are nixos-module, flake-module, flake, wrappers/],
    [["--agent"], /argument missing/],
    [["--force"], /unknown option '--force'/],
    [["here"], /too many arguments/],
  ])("everything on %j", async (options, message) => {
    const directory = await project();
    const { status, out, err } = await forage(["init", ...options], directory);
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(await everything(directory)).toEqual({});
  });

  it("a directory that cannot be written or read", async () => {
    const directory = await project();
    expect(await forage(["init"], join(directory, "nowhere"))).toEqual({
      status: 2,
      out: "",
      err: "forage: the directory cannot be read: there is no such file\n  run it again\n",
    });
    if (process.getuid?.() === 0) return;
    await chmod(directory, 0o500);
    const { status, err } = await forage(["init"], directory);
    expect([status, err]).toEqual([2, expect.stringMatching(/config\.ts cannot be written: perm/)]);
  });
});
