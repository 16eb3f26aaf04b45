import { runProgram } from "./process.ts";

const TOKEN_LIMIT_MS = 30_000;
const NOTIFY_LIMIT_MS = 10_000;

/** Runs a program that prints a token for the bridge. */
export async function printedToken(command: readonly string[]): Promise<string> {
  return (await runProgram(command, { timeLimitMs: TOKEN_LIMIT_MS })).stdout;
}

/** Tells systemd that the service is ready, where systemd started it and waits for that (sd_notify(3)). */
export async function notifyReady(): Promise<void> {
  const socket = process.env["NOTIFY_SOCKET"];
  if (socket === undefined) return;
  const argv = ["env", `NOTIFY_SOCKET=${socket}`, "systemd-notify", "--ready"];
  await runProgram(argv, { timeLimitMs: NOTIFY_LIMIT_MS });
}
