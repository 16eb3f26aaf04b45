/**
 * Times what each contender does, all of them in every round and in a changing order, so that the machine's mood strikes
 * all alike.
 *
 * @param {Readonly<Record<string, () => unknown>>} contenders
 * @returns {Record<string, number[]>} each one's milliseconds, one for each round
 */
export function timeRounds(contenders, { rounds, warmUp }) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + warmUp) % names.length];
      globalThis.gc?.();
      const start = process.hrtime.bigint();
      contenders[name]();
      const taken = Number(process.hrtime.bigint() - start) / 1e6;
      if (round >= 0) times[name].push(taken);
    }
  return times;
}

/** How many times as long as `floor` each contender took, compared within each round. */
export function ratiosTo(floor, times) {
  return Object.fromEntries(
    Object.entries(times).map(([name, own]) => [
      name,
      own.map((taken, round) => taken / times[floor][round]),
    ]),
  );
}

/** The middle of all values, and where the middle half of them lies. */
export function spread(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
