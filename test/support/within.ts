import { setTimeout as sleep } from "node:timers/promises";
import { PATIENCE_MS } from "./hang.ts";

/** Asks again and again until there is an answer. */
export async function within<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() - start > PATIENCE_MS) throw new Error(`in vain: ${what}`);
    await sleep(30);
  }
}
