import { constants } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ForageError } from "../error.ts";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { sweep as sweepTemporaries, temporaryName } from "../files/temporary.ts";
import { show } from "../schema/show.ts";
import { problem } from "./problems.ts";
import type { Action } from "./steps.ts";

/**
 * The kernel copies: the value is never in this process. A copy that is there, or a link in its place, is not written to.
 */
export async function copySecret({
  secret,
  from,
  to,
  mode,
  uid,
  replaces,
}: Extract<Action, { kind: "copy-secret" }>): Promise<void> {
  const target = replaces ? temporaryName(to) : to;
  // Of a rotation that was killed: it is in the sandbox too.
  if (replaces) await sweepTemporaries(dirname(to));
  try {
    await checkSource(secret, from);
    await copyFile(from, target, constants.COPYFILE_EXCL);
    const handle = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      await handle.chmod(mode);
      await handle.chown(uid, uid);
      if ((await handle.stat()).size === 0) throw emptySource(secret, from);
    } finally {
      await handle.close();
    }
    if (replaces) await rename(target, to);
  } catch (error) {
    await rm(target, { force: true }).catch(() => undefined);
    if (error instanceof ForageError) throw error;
    const code = errorCode(error);
    const place = code === "ENOSPC" || code === "EDQUOT" ? to : from;
    throw problem(
      "secret",
      `the secret ${show(secret)} cannot be copied: ${reason(error)} (${place})`,
      wayOut(error),
      error,
    );
  }
}

/** @throws ForageError `secret` when a secret's file cannot be what a sandbox gets */
export async function checkSource(secret: string, file: string): Promise<void> {
  let size: number;
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile())
        throw problem(
          "secret",
          `the secret ${show(secret)}: ${file} is no file`,
          "name the file that holds it",
        );
      size = found.size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ForageError) throw error;
    if (errorCode(error) === "ENOENT")
      throw problem(
        "secret",
        `the secret ${show(secret)}: there is no ${file}`,
        "put the secret there (sops-nix and agenix do), or correct its path in the configuration",
        error,
      );
    throw problem(
      "secret",
      `the secret ${show(secret)}: ${file} cannot be read: ${reason(error)}`,
      wayOut(error),
      error,
    );
  }
  if (size === 0) throw emptySource(secret, file);
}

function emptySource(secret: string, file: string): ForageError {
  return problem("secret", `the secret ${show(secret)}: ${file} is empty`, "put the secret there");
}
