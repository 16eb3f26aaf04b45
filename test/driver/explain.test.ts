import { describe, expect, it } from "vitest";
import { explain } from "../../lib/driver/explain.ts";
import type { Host } from "../../lib/driver/host.ts";
import { placesOf } from "../../lib/driver/places.ts";
import type { Step } from "../../lib/driver/steps.ts";
import { ForageError } from "../../lib/error.ts";

const BUILD: Step = {
  id: "build",
  title: "build the system",
  action: { kind: "run", argv: ["nix-build"], timeLimitMs: 1, mayFail: false },
};

async function told(stderr: string): Promise<string> {
  const process = {
    argv: ["nix-build"],
    exitCode: 1,
    signal: undefined,
    timedOut: false,
    stderr,
  };
  const error = new ForageError("process", [{ path: [], message: "it failed" }], { process });
  const explained = await explain(error, BUILD, placesOf("web"), {} as Host);
  return (explained as ForageError).message;
}

const MANY_LINES = Array.from({ length: 30 }, (_, index) => `       > line ${index}`).join("\n");

describe("a build's failure", () => {
  it.each([
    [
      "as Nix 2.8 tells it",
      `error: builder for '/nix/store/aaa-bad.drv' failed with exit code 1;\n       last 10 log lines:\n       > why\n       For full logs, run 'nix log /nix/store/aaa-bad.drv'.\nerror: 1 dependencies of derivation '/nix/store/bbb-nixos-system-web.drv' failed to build`,
    ],
    [
      "as Nix 2.31 tells it",
      `error: Cannot build '/nix/store/aaa-bad.drv'.\n       Reason: builder failed with exit code 1.\n       Output paths:\n         /nix/store/ccc-bad\nerror: Cannot build '/nix/store/bbb-nixos-system-web.drv'.\n       Reason: 1 dependency failed.`,
    ],
    [
      "far above the last line",
      `error: builder for '/nix/store/aaa-bad.drv' failed with exit code 1;\n${MANY_LINES}\nerror: 1 dependencies of derivation '/nix/store/bbb-nixos-system-web.drv' failed to build`,
    ],
  ])("names the derivation that failed itself, %s", async (_, stderr) => {
    const message = await told(stderr);
    expect(message).toMatch(/^the build of \/nix\/store\/aaa-bad\.drv failed:\n/);
    expect(message).toMatch(
      /\n {2}the whole log: nix-store --read-log \/nix\/store\/aaa-bad\.drv$/,
    );
    expect(message.split("\n").length).toBeLessThanOrEqual(22);
  });

  it.each([
    "error: Package ‘claude-code-2.0.14’ in /nix/store/x/package.nix:42 has an unfree license (‘unfree’), refusing to evaluate.",
    `error:\n       … while evaluating\n       error: Refusing to evaluate package 'claude-code-2.0.14' in /nix/store/x/package.nix:42 because it has an unfree license (‘unfree’)\n${MANY_LINES}`,
  ])("says how to allow a package that is unfree: %s", async (stderr) => {
    expect(await told(stderr)).toMatch(/unfreePackages: \["claude-code"\]$/);
  });

  it("shows what Nix says of anything else", async () => {
    expect(await told("error: undefined variable 'x'")).toBe(
      "the system cannot be built:\n    error: undefined variable 'x'\n  see to what Nix says",
    );
  });
});
