import { execa } from "execa";
import { toolEnvironment } from "../environment.ts";
import { insideArgv, newRunUnit } from "../inside.ts";
import type { SandboxRecord } from "../records.ts";

const LIMIT_MS = 60_000;
/** What systemd needs to end a command that took too long. */
const GRACE_MS = 10_000;

export interface Seen {
  readonly status: number;
  readonly output: Buffer;
}

/** What a command prints in a sandbox, as bytes; nobody else gets to see it. */
export async function seeInside(record: SandboxRecord, argv: readonly string[]): Promise<Seen> {
  const limitSeconds = LIMIT_MS / 1000;
  // By a name, so that `down` ends it should this process be killed.
  return see(insideArgv(record, argv, { unit: newRunUnit(), limitSeconds, isForgotten: true }));
}

export async function see(argv: readonly string[]): Promise<Seen> {
  const [file = "", ...args] = argv;
  const { exitCode, stdout } = await execa(file, args, {
    env: toolEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    encoding: "buffer",
    timeout: LIMIT_MS + GRACE_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: exitCode ?? 1, output: Buffer.from(stdout ?? []) };
}
