import { chmod, mkdir } from "node:fs/promises";
import { ForageError } from "../../error.ts";
import { errorCode, reason, wayOut } from "../../files/reason.ts";
import type { Call } from "../call.ts";
import { openHead } from "./head.ts";
import { holdLog } from "./hold.ts";
import { headFile } from "./names.ts";
import { recover } from "./recover.ts";
import { removeOldest } from "./retention.ts";
import { type AuditOptions, openWriter, type Writer } from "./writer.ts";

export interface AuditLog {
  /**
   * Resolves when the call is in the log, or when that has failed, and never rejects. A call that could not be written is
   * kept, and written before the next one.
   */
  readonly append: (call: Call) => Promise<void>;
  /** Tries to write what could not be written; whether all of it is written now. */
  readonly retry: () => Promise<boolean>;
  /** Why the log cannot be written, as long as that is so. */
  readonly problem: string | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Opens a log for writing, and goes on where it ends.
 *
 * @throws ForageError `busy` when another process writes it; `host` when it cannot be opened
 */
export async function openAudit(options: AuditOptions): Promise<AuditLog> {
  const { directory, name } = options;
  let release: (() => Promise<void>) | undefined;
  try {
    await makeDirectory(directory);
    release = await holdLog(directory, name);
    const recovered = await recover(directory, name);
    const head = await openHead(headFile(directory, name), recovered.end);
    await removeOldest(options);
    return groupCommit(openWriter(options, recovered, head), release);
  } catch (error) {
    await release?.();
    if (error instanceof ForageError || errorCode(error) === undefined) throw error;
    const message = `the audit log ${name} in ${directory} cannot be opened: ${reason(error)}`;
    throw new ForageError("host", [{ path: [], message, hint: wayOut(error) }], { cause: error });
  }
}

async function makeDirectory(directory: string): Promise<void> {
  const isNew = (await mkdir(directory, { recursive: true, mode: 0o750 })) !== undefined;
  if (isNew) await chmod(directory, 0o750);
}

/** All calls of one turn of the event loop are written at its end, together. */
function groupCommit(lines: Writer, release: () => Promise<void>): AuditLog {
  let turn: Promise<void> | undefined;
  let isClosed = false;
  const endOfTurn = () =>
    new Promise<void>((resolve) => {
      setImmediate(() => {
        turn = undefined;
        if (!isClosed) lines.write();
        resolve();
      });
    });
  return {
    append: (call) => {
      lines.add(call);
      turn ??= endOfTurn();
      return turn;
    },
    retry: async () => !isClosed && lines.write(),
    get problem() {
      return isClosed ? "it is closed" : lines.problem();
    },
    close: async () => {
      if (isClosed) return;
      await turn;
      isClosed = true;
      await lines.close().finally(release);
    },
  };
}
