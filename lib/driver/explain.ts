import { ForageError } from "../error.ts";
import { withoutKeys } from "../schema/keys.ts";
import type { Host } from "./host.ts";
import type { Places } from "./places.ts";
import { lastLines } from "./process.ts";
import type { Step } from "./steps.ts";

/** A failed step in the words that help: of a build its last lines, of a container those of its journal. */
export async function explain(
  error: unknown,
  step: Step | undefined,
  places: Places,
  host: Host,
): Promise<unknown> {
  if (!(error instanceof ForageError) || error.code !== "process") return error;
  switch (step?.id) {
    case "build":
      return buildFailure(error);
    case "start":
    case "ready":
      return startFailure(error, await lastLog(host, places.unit));
    default:
      return error;
  }
}

/** What Nix says of a derivation whose own builder failed: until 2.31, and since. */
const FAILED_BUILDS = [
  /builder for '(\/nix\/store\/[^']+\.drv)' failed/,
  /Cannot build '(\/nix\/store\/[^']+\.drv)'\.\s*Reason: builder failed/,
  /Cannot build '(\/nix\/store\/[^']+\.drv)'/,
];
/** What nixpkgs says of a package that it does not build unless it is allowed: before, and now. */
const UNFREE = [
  /Package ‘([^’]+)’[\s\S]*? has an unfree license/,
  /Refusing to evaluate package '([^']+)'[\s\S]*?unfree/,
];

function buildFailure(error: ForageError): ForageError {
  const { process } = error;
  if (process === undefined) return error;
  const { stderr, timedOut } = process;
  const derivation = firstMatch(FAILED_BUILDS, stderr);
  const unfree = firstMatch(UNFREE, stderr)?.replace(/-\d.*$/, "");
  const what = timedOut
    ? "the build took too long"
    : derivation === undefined
      ? "the system cannot be built"
      : `the build of ${derivation} failed`;
  const hint =
    unfree !== undefined
      ? `if you accept its licence, say so at the agent that needs it: unfreePackages: ["${unfree}"]`
      : derivation === undefined
        ? "see to what Nix says"
        : `the whole log: nix-store --read-log ${derivation}`;
  return retold(error, `${what}:`, lastLines(stderr), { hint });
}

function firstMatch(patterns: readonly RegExp[], text: string): string | undefined {
  return patterns.map((pattern) => pattern.exec(text)?.[1]).find((match) => match !== undefined);
}

function startFailure(error: ForageError, log: string): ForageError {
  return retold(error, "the container did not start; the end of its journal:", log, {
    hint: "see to what it says; `forage up --verbose` shows all that the tools write",
  });
}

function retold(
  error: ForageError,
  message: string,
  lines: string,
  { hint }: { readonly hint: string },
): ForageError {
  const quoted = withoutKeys(lines).replace(/^/gm, "    ");
  const process = error.process === undefined ? {} : { process: error.process };
  return new ForageError(error.code, [{ path: [], message: `${message}\n${quoted}`, hint }], {
    cause: error,
    ...process,
  });
}

async function lastLog(host: Host, unit: string): Promise<string> {
  return host.lastLog(unit).catch(() => "(it cannot be read)");
}
