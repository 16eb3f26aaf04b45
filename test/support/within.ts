import { setTimeout as sleep } from "node:timers/promises";
import { PATIENCE_MS } from "./hang.ts";

/** Asks again and again until the answer will do, or it has taken too long; then the last one. */
export async function lastAnswer<T>(
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    if (willDo(answer) || performance.now() - start > PATIENCE_MS) return answer;
    await sleep(30);
  }
}

/** Asks again and again until there is an answer. */
export async function within<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const answer = await lastAnswer(ask, (given) => given !== undefined);
  if (answer === undefined) throw new Error(`in vain: ${what}`);
  return answer;
}
