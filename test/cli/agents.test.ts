import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../lib/catalogue/agents.ts";
import { addAgents } from "../../lib/cli/agents.ts";
import { columns } from "../../lib/cli/table.ts";

async function forage(...args: string[]): Promise<string> {
  const out: string[] = [];
  const write = (text: string) => void out.push(text);
  const program = new Command("forage")
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write });
  addAgents(program, { directory: "/", write, writeError: write });
  // Commander ends a call for help by throwing.
  await program.parseAsync(args, { from: "user" }).catch((error: { exitCode?: number }) => {
    if (error.exitCode !== 0) throw error;
  });
  return out.join("");
}

describe("forage agents", () => {
  it("lists what each agent is called, its licence and its variables", async () => {
    const lines = (await forage("agents")).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "NAME        PACKAGE             PROGRAM       LICENCE  VARIABLES",
      "claudeCode  claude-code         claude        unfree   ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN",
      "                                                       CLAUDE_CODE_OAUTH_TOKEN",
      "codex       codex               codex         free     CODEX_API_KEY CODEX_ACCESS_TOKEN",
    ]);
    const names = lines.map((line) => line.split(" ")[0]).filter((name) => name !== "");
    expect(names).toEqual(["NAME", ...Object.keys(catalogue)]);
    expect(lines.at(-1)).toBe("");
  });

  it("lists every variable, on lines that fit a terminal and end in no space", async () => {
    const table = await forage("agents");
    for (const { authVariables } of Object.values(catalogue))
      for (const variable of Object.keys(authVariables)) expect(table).toContain(variable);
    for (const line of table.split("\n")) {
      expect(line.length).toBeLessThanOrEqual(100);
      expect(line).not.toMatch(/\s$/);
    }
  });

  it("prints everything that is known as JSON, always the same", async () => {
    const json = await forage("agents", "--json");
    expect(JSON.parse(json)).toEqual(catalogue);
    expect(json).toMatch(/^\{\n {2}"claudeCode": \{\n {4}"title": "Claude Code",\n/);
    expect(json.endsWith("}\n")).toBe(true);
    expect(await forage("agents", "--json")).toBe(json);
  });

  it("explains itself", async () => {
    expect(await forage("agents", "--help")).toMatch(
      /^Usage: forage agents(?:.|\n)*--json(?:.|\n)*\nExamples:\n {2}forage agents .*\n {2}forage agents --json .*\n$/,
    );
  });

  it("takes no arguments", async () => {
    await expect(forage("agents", "claude")).rejects.toThrow(/too many arguments/);
  });
});

describe("columns", () => {
  it("are as wide as their widest cell", () => {
    const table = columns(
      ["A", "LONG", "C"],
      [
        ["wide", "x", ""],
        ["", "y", "z"],
      ],
    );
    expect(table).toBe("A     LONG  C\nwide  x\n      y     z\n");
  });

  it("may have no rows, and rows with fewer cells", () => {
    expect(columns(["A", "B"], [])).toBe("A  B\n");
    expect(columns(["A", "B"], [["x"]])).toBe("A  B\nx\n");
  });
});
