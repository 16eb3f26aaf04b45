import { readFile } from "node:fs/promises";
import { endAll, namespaceOf, pidsIn } from "./processes.ts";

const GRACE_MS = 2000;

/**
 * Ends the processes that were brought into a container from outside, as `nixos-container run` does with nsenter. When the
 * container shuts down it stops all of its processes for a moment; nsenter then stops itself, and no longer takes note that
 * its child has died, for which the container's end waits without end.
 *
 * @param leader the container's first process
 */
export async function endEntrants(leader: number): Promise<void> {
  await endAll(() => entrantsOf(leader), GRACE_MS);
}

async function entrantsOf(leader: number): Promise<number[]> {
  const inside = await namespaceOf(leader);
  if (inside === undefined) return [];
  const found = (await pidsIn(inside)).map(async (pid) => {
    if (pid === leader) return [];
    return (await namespaceOf(await parentOf(pid))) === inside ? [] : [pid];
  });
  return (await Promise.all(found)).flat();
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]);
}
