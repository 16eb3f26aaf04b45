import { signalStatus } from "../../driver/exec.ts";
import { ForageError, formatDiagnostic } from "../../error.ts";
import type { SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does work that signals cut short: what it has begun it takes back, or ends. A signal that comes meanwhile changes
 * nothing, for half of a sandbox would be left.
 */
export async function interruptibly(
  { writeError }: Pick<Terminal, "writeError">,
  setStatus: SetStatus,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const isFirst = received === undefined;
    received ??= name;
    writeError(isFirst ? `forage: ${name}: ending this in good order\n` : "forage: still at it\n");
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!(error instanceof ForageError && error.code === "interrupted")) throw error;
    for (const diagnostic of error.diagnostics)
      writeError(`forage: ${formatDiagnostic(diagnostic)}\n`);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
    if (received !== undefined) setStatus(signalStatus(received));
  }
}
