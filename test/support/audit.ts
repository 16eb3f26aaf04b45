import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AuditLog, openAudit } from "../../lib/bridge/audit/log.ts";
import type { AuditOptions } from "../../lib/bridge/audit/writer.ts";
import type { Call } from "../../lib/bridge/call.ts";
import { temporaryDirectory } from "./temporary.ts";

export const NAME = "audit-0";

/** A call, of which only what matters is given. */
export function call(what: Partial<Call> = {}): Call {
  return {
    time: "2026-07-30T10:00:00.000Z",
    sandbox: "alice",
    credential: "anthropic",
    provider: "api.anthropic.com",
    method: "POST",
    path: "/v1/messages",
    model: "claude-sonnet-5",
    status: 200,
    bytesIn: 1200,
    bytesOut: 45_000,
    tokens: { input: 900, output: 300, cacheRead: 50, cacheWrite: 7 },
    cost: 0.0072,
    durationMs: 1500,
    firstByteMs: 400,
    decision: "allowed",
    ...what,
  };
}

/** Makes directories for logs, each of which is empty. */
export function auditDirectories(): () => Promise<string> {
  const root = temporaryDirectory();
  return () => mkdtemp(join(root(), "log-"));
}

export function openLog(directory: string, options: Partial<AuditOptions> = {}): Promise<AuditLog> {
  return openAudit({
    directory,
    name: NAME,
    maxBytes: 1e8,
    maxHours: 1e6,
    maxFiles: 90,
    ...options,
  });
}

/** A log of so many calls, a second apart, which is closed. Each takes about 500 bytes. */
export async function writeLog(
  directory: string,
  count: number,
  options: Partial<AuditOptions> = {},
): Promise<void> {
  const log = await openLog(directory, options);
  for (let at = 0; at < count; at++)
    await log.append(call({ time: new Date(Date.UTC(2026, 6, 30) + at * 1000).toISOString() }));
  await log.close();
}

/** The files with lines, in their order: those that were put aside, and then the current one. */
export async function logFiles(directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".jsonl"));
  const firstSeq = (file: string) => Number(/-(\d+)\.jsonl$/.exec(file.slice(NAME.length))?.[1]);
  const order = (file: string) => firstSeq(file) || Number.POSITIVE_INFINITY;
  return files.sort((a, b) => order(a) - order(b)).map((file) => join(directory, file));
}

/** All lines, without their line breaks. */
export async function logLines(directory: string): Promise<string[]> {
  const texts: string[] = [];
  for (const file of await logFiles(directory)) texts.push(await readFile(file, "utf8"));
  return texts.join("").split("\n").slice(0, -1);
}
