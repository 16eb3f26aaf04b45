import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { forage } from "../support/forage.ts";
import { everything, temporaryProjects } from "../support/project.ts";

const project = temporaryProjects();

const DOWN = "\u001b[B";
const SPACE = " ";
const ENTER = "\r";
const CONTROL_C = "\u0003";

/** Runs `forage init` for somebody who presses some keys for each question. */
async function answer(
  directory: string,
  options: readonly string[],
  ...answers: readonly (readonly string[])[]
) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 40 });
  let shown = "";
  let asked = 0;
  output.on("data", (chunk: Buffer) => {
    const before = shown.split("◆").length;
    shown += chunk.toString();
    if (shown.split("◆").length === before || !/Which|What/.test(shown)) return;
    const keys = answers[asked++] ?? [CONTROL_C];
    setTimeout(() => {
      for (const key of keys) input.write(key);
    }, 20);
  });
  const ran = await forage(["init", ...options], directory, { isInteractive: true, input, output });
  return { ...ran, shown };
}

describe("forage init on a terminal", () => {
  it("asks for the agents and the form, with what it would take itself", async () => {
    const directory = await project({ "flake.nix": "flake-parts" });
    const { status, out, shown } = await answer(directory, [], [ENTER], [ENTER]);
    expect(shown).toContain("Which agents?");
    expect(shown).toContain("What is to be rendered?");
    expect([status, out]).toEqual([0, "created forage.config.ts\n"]);
    const text = await readFile(join(directory, "forage.config.ts"), "utf8");
    expect(text).toContain("claude: agents.claudeCode(");
    expect(text).toContain('"nix/flake-module.nix": {\n      kind: "flake-module"');
  });

  it("takes what is chosen", async () => {
    const directory = await project();
    await answer(directory, ["--json"], [SPACE, DOWN, SPACE, ENTER], [DOWN, DOWN, ENTER]);
    const text = await readFile(join(directory, "forage.config.json"), "utf8");
    const config = JSON.parse(text) as { templates: { default: { agents: object } } };
    expect(Object.keys(config.templates.default.agents)).toEqual(["codex"]);
    expect(config).toMatchObject({ outputs: { "flake.nix": { kind: "flake" } } });
  });

  it("asks only for what was not said before", async () => {
    const agents = await answer(await project(), ["--form", "flake"], [ENTER]);
    expect(agents.shown).not.toContain("rendered");
    expect(agents.status).toBe(0);
    const form = await answer(await project(), ["--agent", "codex"], [ENTER]);
    expect(form.shown).not.toContain("Which");
    expect(form.status).toBe(0);
    for (const options of [["--yes"], ["--agent", "codex", "--form", "flake"]]) {
      const nothing = await answer(await project(), options);
      expect([nothing.status, nothing.shown]).toEqual([0, ""]);
    }
  });

  it.each([
    ["the first question", [[CONTROL_C]]],
    ["the second question", [[ENTER], [CONTROL_C]]],
  ])("writes nothing when it is cancelled at %s", async (_, answers) => {
    const directory = await project();
    const { status, out, err } = await answer(directory, [], ...answers);
    expect({ status, out, err }).toEqual({
      status: 130,
      out: "",
      err: "forage: cancelled; nothing was written\n",
    });
    expect(await everything(directory)).toEqual({});
  });

  it("refuses where there is a configuration before it asks", async () => {
    const { status, shown } = await answer(await project({ "forage.config.js": "" }), []);
    expect([status, shown]).toEqual([2, ""]);
  });
});
