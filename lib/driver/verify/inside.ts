import { execa } from "execa";
import { toolEnvironment } from "../environment.ts";
import { insideArgv } from "../inside.ts";
import type { SandboxRecord } from "../records.ts";

const LIMIT_MS = 60_000;

export interface Seen {
  readonly status: number;
  readonly output: Buffer;
}

/** What a command prints in a sandbox, as bytes; nobody else gets to see it. */
export async function seeInside(record: SandboxRecord, argv: readonly string[]): Promise<Seen> {
  return see(insideArgv(record, argv));
}

export async function see(argv: readonly string[]): Promise<Seen> {
  const [file = "", ...args] = argv;
  const { exitCode, stdout } = await execa(file, args, {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    encoding: "buffer",
    timeout: LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: exitCode ?? 1, output: Buffer.from(stdout ?? []) };
}
