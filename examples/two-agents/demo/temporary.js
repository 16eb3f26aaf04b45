import { execa } from "execa";
import { dir } from "tmp-promise";

/**
 * Does some work with a directory that is gone afterwards, also when the work fails or somebody interrupts it. The work
 * gets a signal that stops what it has started.
 */
export async function withTemporaryDirectory(work) {
  const { path, cleanup } = await dir({ prefix: "forage-demo-", unsafeCleanup: true });
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => interrupt.abort(signal));
  try {
    await work(path, interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) console.error(error.stderr || error.message || error);
    process.exitCode = interrupt.signal.aborted ? 130 : 1;
  } finally {
    // What Nix builds is read-only.
    await execa("chmod", ["-R", "u+w", path]);
    await cleanup();
  }
}
