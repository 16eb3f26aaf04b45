import { readdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { type AgentInput, defineTemplate, pkgs } from "../../lib/index.ts";
import { goldenWrappers } from "../support/golden-wrappers.ts";
import { useNix } from "../support/nix.ts";
import { needs } from "../support/tools.ts";
import {
  type BuiltWrappers,
  buildWrapperFile,
  buildWrappers,
  mountPoint,
  referencesOf,
} from "../support/wrapper.ts";

const SECRETS: readonly Pick<AgentInput, "secrets">[] = [
  {},
  { secrets: { API_KEY: "key" } },
  { secrets: { API_KEY: "key", value: "key", problem: 'it\'s a "$key" * \\ -ü' } },
];
const WORDS: readonly Pick<AgentInput, "args" | "env">[] = [
  {},
  { args: ["--model", "it's $HOME", "`*`", ""], env: { A: "~/x", B: "line\nline\u0007", C: "\\" } },
  { args: ["export_secret", "--", "=", "%d", "#"], env: { value: "1", C: "''${x}", D: "" } },
];

/** Agents with every combination of what changes a wrapper's script. */
function everyAgent(): Record<string, AgentInput> {
  const agents: Record<string, AgentInput> = {};
  for (const secrets of SECRETS)
    for (const words of WORDS)
      for (const mainProgram of [undefined, "claude"])
        for (const onMissingSecret of ["warn", "ignore", "fail"] as const)
          for (const multiline of [false, true]) {
            const env = Object.entries(words.env ?? {}).filter(
              ([name]) => !Object.hasOwn(secrets.secrets ?? {}, name),
            );
            agents[`agent-${Object.keys(agents).length}`] = {
              package: pkgs("claude-code"),
              ...secrets,
              ...words,
              env: Object.fromEntries(env),
              mainProgram,
              onMissingSecret,
              multiline,
            };
          }
  return agents;
}

needs("nix-build", "shellcheck")("shellcheck", () => {
  const nix = useNix();

  async function expectNothingFound({ names, storePath }: BuiltWrappers): Promise<void> {
    const scripts = names.map(storePath).flatMap((path) => {
      const directory = join(path, "bin");
      return readdirSync(directory).map((program) => join(directory, program));
    });
    const { stdout } = await execa("shellcheck", ["--norc", "--severity=style", ...scripts], {
      reject: false,
    });
    expect(stdout).toBe("");
    console.log(`shellcheck: ${scripts.length} wrappers, nothing found`);
  }

  it("finds nothing in the wrappers of all combinations of options", async () => {
    const secretsMountPoint = await mountPoint(nix());
    const template = defineTemplate({ secretsMountPoint, agents: everyAgent() });
    await expectNothingFound(await buildWrappers(nix(), template));
  });

  it("finds nothing in the golden wrappers", async () => {
    await expectNothingFound(await buildWrapperFile(nix(), await goldenWrappers()));
  });
});

needs("nix-build", "nix-store")("a built wrapper", () => {
  const nix = useNix();

  it.each([undefined, "claude"])(
    "keeps its agent in the store (mainProgram: %s)",
    async (mainProgram) => {
      const claude = { package: pkgs("claude-code"), mainProgram };
      const built = await buildWrappers(nix(), defineTemplate({ agents: { claude } }));
      const references = await referencesOf(nix(), built.storePath("claude"));
      expect(references).toEqual([expect.stringMatching(/-claude-code-stand-in$/)]);
    },
  );
});
