/** Repeatable chance: the same seed gives the same choices. */
export interface Random {
  /** A whole number from 0 up to, and without, `end`. */
  readonly below: (end: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
  /** One of the keys, each as often as its weight says. */
  readonly weighted: <K extends string>(weights: Readonly<Record<K, number>>) => K;
  /** A share of `total` for each of `count`, at least 1 each. */
  readonly split: (total: number, count: number) => number[];
}

export function randomFrom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;

  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  const below = (end: number): number => Math.floor(next() * end);

  const weighted = <K extends string>(weights: Readonly<Record<K, number>>): K => {
    const choices = Object.entries(weights) as [K, number][];
    let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return (choices.at(-1) as [K, number])[0];
  };

  const split = (total: number, count: number): number[] => {
    const shares = new Array<number>(count).fill(1);
    for (let rest = total - count; rest > 0; rest--) {
      const index = below(count);
      shares[index] = (shares[index] ?? 0) + 1;
    }
    return shares;
  };

  return {
    below,
    chance: (probability) => next() < probability,
    pick: <T>(choices: readonly [T, ...T[]]) => choices[below(choices.length)] as T,
    weighted,
    split,
  };
}
