import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const lib = fileURLToPath(new URL("../lib", import.meta.url));

/** What each part of lib/ may import from the others: what it builds on, and nothing that builds on it. */
const BUILDS_ON: Readonly<Record<string, readonly string[]>> = {
  error: [],
  nix: ["error"],
  shell: ["error"],
  schema: ["nix", "error"],
  define: ["schema"],
  catalogue: ["schema", "nix", "error"],
  emit: ["define", "schema", "shell", "nix", "error"],
  files: ["emit", "define", "schema", "nix", "error"],
  bridge: ["files", "emit", "define", "schema", "nix", "error"],
  driver: ["bridge", "files", "emit", "define", "schema", "shell", "nix", "error"],
  index: ["files", "emit", "catalogue", "define", "schema", "nix", "error"],
  cli: [
    "driver",
    "bridge",
    "index",
    "files",
    "emit",
    "catalogue",
    "define",
    "schema",
    "shell",
    "nix",
    "error",
  ],
};

/** What reaches the disk, other processes or the network, and who may use it. */
const REACHES_OUT =
  /^node:(?:fs|child_process|net|http|https|http2|tls|dgram|worker_threads|cluster)\b/;
const STARTS_PROCESSES = /^(?:node:child_process|node:worker_threads|node:cluster|execa)$/;
const MAY_REACH_OUT: ReadonlySet<string> = new Set(["files", "cli", "driver", "bridge"]);

const sources = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, part: partOf(file), imports: importsOf(join(lib, file)) }));

function partOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? "";
}

function importsOf(file: string): string[] {
  const statements = /\b(?:from|import)\s*\(?\s*"([^"]+)"/g;
  return Array.from(readFileSync(file, "utf8").matchAll(statements), ([, name = ""]) => name);
}

describe("the parts of lib/", () => {
  it.each(sources)("$file imports only from what it builds on", ({ file, part, imports }) => {
    expect(Object.keys(BUILDS_ON)).toContain(part);
    const others = imports
      .filter((name) => name.startsWith("."))
      .map((name) => partOf(relative(lib, join(lib, dirname(file), name))))
      .filter((other) => other !== part);
    for (const other of others) expect(BUILDS_ON[part]).toContain(other);
  });

  it.each(sources.filter(({ part }) => !MAY_REACH_OUT.has(part)))(
    "$file does no I/O",
    ({ imports }) => {
      expect(imports.filter((name) => REACHES_OUT.test(name))).toEqual([]);
    },
  );

  it.each(sources.filter(({ part }) => part !== "driver"))(
    "$file starts no process",
    ({ imports }) => {
      expect(imports.filter((name) => STARTS_PROCESSES.test(name))).toEqual([]);
    },
  );

  it("are all there", () => {
    expect(new Set(sources.map(({ part }) => part))).toEqual(new Set(Object.keys(BUILDS_ON)));
  });

  it("keep their files short enough to read at one sitting", () => {
    const long = sources.filter(
      ({ file }) => readFileSync(join(lib, file), "utf8").split("\n").length > 250,
    );
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});
