import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { ForageError } from "../../error.ts";
import { errorCode } from "../../files/reason.ts";

/**
 * Makes this the only writer of a log. A socket without a file does it, which the kernel takes back however the process
 * ends. It is known by the directory's inode, since a directory may have several paths.
 *
 * @throws ForageError `busy` when there is one already
 */
export async function holdLog(directory: string, name: string): Promise<() => Promise<void>> {
  const { dev, ino } = await stat(directory);
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // Exclusive: the workers of a cluster would share it.
      server.listen({ path: `\0forage-audit/${dev}-${ino}/${name}`, exclusive: true }, resolve);
    });
  } catch (error) {
    if (errorCode(error) !== "EADDRINUSE") throw error;
    throw new ForageError("busy", [
      {
        path: [],
        message: `another process writes the audit log ${name} in ${directory}, and only one may`,
        hint: "end that one, or choose another directory",
      },
    ]);
  }
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
