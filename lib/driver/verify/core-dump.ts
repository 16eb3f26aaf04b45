import { readFile, writeFile } from "node:fs/promises";

const FILTER = "/proc/self/coredump_filter";
/** See core(5): no memory at all. */
const NOTHING = "0x0";

/** Does work during which this process's memory is in no core dump. */
export async function withoutCoreDump<T>(work: () => Promise<T>): Promise<T> {
  const before = await readFile(FILTER, "utf8").catch(() => undefined);
  if (before === undefined) return work();
  await writeFile(FILTER, NOTHING);
  try {
    return await work();
  } finally {
    await writeFile(FILTER, `0x${before.trim()}`).catch(() => undefined);
  }
}
