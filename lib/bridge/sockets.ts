import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { connect, type ListenOptions, type Server } from "node:net";
import { ForageError } from "../error.ts";
import { errorCode, reason } from "../files/reason.ts";

/** A Unix socket whose queue is full refuses at once, where TCP would try again. */
const BACKLOG = 4096;

/** @throws ForageError `host` when nothing can be listened to there */
export async function listen(
  server: Server,
  at: ListenOptions | { readonly fd: number },
  what: string,
): Promise<void> {
  try {
    server.listen(at);
    await once(server, "listening");
  } catch (error) {
    throw new ForageError(
      "host",
      [
        {
          path: [],
          message: `the bridge cannot listen at ${what}: ${reason(error)}`,
          hint: "look what else does: ss -lxp, ss -ltnp",
        },
      ],
      { cause: error },
    );
  }
}

/**
 * Listens at a socket's path, in the place of one that a bridge has left that was killed.
 *
 * @throws ForageError `busy` when another one answers there; `host`
 */
export async function listenAtPath(
  server: Server,
  path: string,
  mode: number,
  isShared: boolean,
): Promise<void> {
  // Others may listen there that are ours; what was left is removed before there is any of them.
  if (!isShared) await clearPath(path);
  await listen(server, { path, backlog: BACKLOG }, path);
  chmodSync(path, mode);
}

/**
 * Removes a socket that a bridge has left that was killed.
 *
 * @throws ForageError `busy` when one answers there
 */
export async function clearPath(path: string): Promise<void> {
  if (await answers(path))
    throw new ForageError("busy", [
      {
        path: [],
        message: `another bridge listens at ${path}`,
        hint: "stop that one first: systemctl stop forage-bridge",
      },
    ]);
  rmSync(path, { force: true });
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    // A queue that is full is somebody's as well.
    return errorCode(error) === "EAGAIN";
  } finally {
    socket.destroy();
  }
}
