/** The seed of all random tests: `SEED=7 npx vitest …` tries others. */
export const SEED: number = Number(process.env["SEED"] ?? 1);

/** `12000` as `12,000`. */
export function count(many: number): string {
  return many.toLocaleString("en-US");
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let start = 0; start < all.length; start += size) found.push(all.slice(start, start + size));
  return found;
}
