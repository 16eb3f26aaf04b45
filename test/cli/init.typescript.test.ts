import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { FORM_NAMES, NO_FLAKE } from "../../lib/cli/init/forms.ts";
import { AGENT_NAMES, makePlan } from "../../lib/cli/init/plan.ts";
import { typescriptConfig } from "../../lib/cli/init/typescript.ts";
import { addFiles, temporaryProjects } from "../support/project.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const project = temporaryProjects();

const texts = FORM_NAMES.flatMap((form) =>
  (["none", "plain", "flake-parts"] as const).flatMap((kind) =>
    [...AGENT_NAMES.map((name) => [name]), AGENT_NAMES].map((agents) =>
      typescriptConfig(
        makePlan(agents, { form, flake: { ...NO_FLAKE, kind }, output: `nix/${form}.nix` }),
      ),
    ),
  ),
);

describe("every forage.config.ts that forage init writes", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await project();
    await addFiles(
      directory,
      Object.fromEntries(texts.map((text, index) => [`configs/${index}.ts`, text])),
    );
  });

  it("compiles, with the project's own strict settings", async () => {
    const { compilerOptions } = JSON.parse(await readFile(fromRoot("tsconfig.json"), "utf8")) as {
      compilerOptions: object;
    };
    const options = {
      ...compilerOptions,
      typeRoots: [fromRoot("node_modules/@types")],
      paths: { "forage-nix": [fromRoot("lib/index.ts")] },
    };
    await addFiles(directory, {
      "package.json": '{ "type": "module" }',
      "tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["configs"] }),
      // Otherwise the test would pass if nothing were checked at all.
      "configs/wrong.ts": (texts[0] ?? "").replaceAll('secretName: "', 'secretName: "x'),
    });
    const { stdout } = await execa(fromRoot("node_modules/.bin/tsc"), ["-p", directory], {
      reject: false,
    });
    const complaints = stdout.split("\n").filter((line) => /^\S/.test(line));
    expect(complaints).toEqual([expect.stringMatching(/wrong\.ts.*xanthropic/)]);
  });

  it.each([80, 100])("is as a formatter lays it out at a width of %i", async (width) => {
    await addFiles(directory, { "biome.json": "{}" });
    const options = ["format", "--indent-style=space", `--line-width=${width}`, "configs"];
    const { exitCode, stderr } = await execa(fromRoot("node_modules/.bin/biome"), options, {
      cwd: directory,
      reject: false,
    });
    expect(exitCode, stderr).toBe(0);
  });

  it("has lines that fit 80 columns", () => {
    const long = texts.flatMap((text) => text.split("\n")).filter((line) => line.length > 80);
    expect(long).toEqual([]);
  });
});
