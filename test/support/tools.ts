import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "vitest";

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, tool), constants.X_OK);
      return directory !== "";
    } catch {
      return false;
    }
  });
}

/**
 * `describe` for tests that need programs of the machine. Where one is missing they are skipped under a name that says
 * so; in CI (`CI=true`) they fail instead.
 *
 * @example needs("nix-instantiate")("strings", () => { … })
 */
export function needs(...tools: readonly string[]): (name: string, tests: () => void) => void {
  const missing = tools.filter((tool) => !isOnPath(tool));
  if (missing.length === 0) return (name, tests) => void describe(name, tests);
  return without(`needs ${missing.join(", ")} on PATH`);
}

/** The same for tests that only root can run. */
export function needsRoot(...tools: readonly string[]): ReturnType<typeof needs> {
  return process.getuid?.() === 0 ? needs(...tools) : without("needs root");
}

function without(reason: string): ReturnType<typeof needs> {
  if (process.env["CI"] !== "true")
    return (name, tests) => void describe.skip(`${name} (${reason})`, tests);
  return (name) =>
    void describe(name, () => {
      it(reason, () => {
        throw new Error(`${reason}, and in CI no test may be skipped`);
      });
    });
}
