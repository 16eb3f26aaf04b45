/*
 * Prints random trees and asks nixfmt whether it would leave each text alone.
 *
 *   npx jiti test/fuzz/nixfmt.ts -- [--batch PROGRAM] [--count N] [--seed S] [--show N]
 *
 * Without `--batch` (see batchFormatter) the `nixfmt` on PATH is started for each text.
 */
import { parseArgs } from "node:util";
import { dir } from "tmp-promise";
import { type Nix, printNix } from "../../lib/nix/index.ts";
import { batchFormatter, type Formatter, nixfmt } from "../support/formatter.ts";
import { nudged } from "../support/nudge.ts";
import { type Random, randomFrom } from "../support/random.ts";
import { randomTree } from "../support/random-tree.ts";
import { smaller, weight } from "../support/shrink.ts";

const BATCH = 1000;

interface Finding {
  readonly kind: "diff" | "fail" | "throw";
  readonly seed: number;
  readonly tree: Nix;
  readonly text: string;
  readonly formatted: string;
}

function treeOf(seed: number): Nix {
  const random = randomFrom(seed);
  const tree = randomTree(random, { size: sizeOf(random) });
  // Half of the trees get lines that end right at the width.
  for (let tries = random.below(4); tries > 0; tries--) {
    const text = printed(tree);
    const moved = text === undefined ? undefined : nudged(tree, text, random);
    if (moved !== undefined) return moved;
  }
  return tree;
}

function sizeOf(random: Random): number {
  return 1 + random.below(random.pick([4, 10, 30, 60]));
}

function printed(tree: Nix): string | undefined {
  try {
    return printNix(tree);
  } catch {
    return undefined;
  }
}

async function findings(
  trees: readonly { seed: number; tree: Nix }[],
  format: Formatter,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const printable: { seed: number; tree: Nix; text: string }[] = [];
  for (const { seed, tree } of trees) {
    try {
      printable.push({ seed, tree, text: printNix(tree) });
    } catch (error) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const formatted = stack.split("\n").slice(0, 4).join("\n");
      found.push({ kind: "throw", seed, tree, text: "", formatted });
    }
  }
  const verdicts = await format(printable.map(({ text }) => text));
  for (const [index, verdict] of verdicts.entries()) {
    const one = printable[index];
    if (verdict.kind === "same" || one === undefined) continue;
    const formatted = verdict.kind === "diff" ? verdict.formatted : verdict.error;
    found.push({ kind: verdict.kind, ...one, formatted });
  }
  return found;
}

/** The same kind of trouble in the smallest tree that greedy steps lead to. */
async function shrunk(finding: Finding, format: Formatter): Promise<Finding> {
  let least = finding;
  for (;;) {
    const trees = smaller(least.tree)
      .map((tree) => ({ tree, seed: finding.seed, weight: weight(tree) }))
      .sort((one, other) => one.weight - other.weight);
    const limit = weight(least.tree);
    let next: Finding | undefined;
    for (let at = 0; at < trees.length && next === undefined; at += BATCH / 2) {
      const some = trees.slice(at, at + BATCH / 2).filter((one) => one.weight < limit);
      const still = await findings(some, format);
      next = still
        .filter(({ kind }) => kind === finding.kind)
        .reduce<Finding | undefined>(
          (best, one) => (best === undefined || weight(one.tree) < weight(best.tree) ? one : best),
          undefined,
        );
    }
    if (next === undefined) return least;
    least = next;
  }
}

function report({ kind, seed, text, formatted }: Finding): string {
  const title = { diff: "nixfmt says", fail: "nixfmt fails", throw: "the printer throws" }[kind];
  return `--- seed ${seed}\n${text}--- ${title}\n${formatted.trimEnd()}\n`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((argument) => argument !== "--"),
    options: {
      batch: { type: "string" },
      count: { type: "string", default: "20000" },
      seed: { type: "string", default: "1" },
      show: { type: "string", default: "10" },
    },
  });
  const [count, seed, show] = [values.count, values.seed, values.show].map(Number) as [
    number,
    number,
    number,
  ];
  const { path, cleanup } = await dir({ unsafeCleanup: true });
  try {
    const format = values.batch === undefined ? nixfmt : batchFormatter(values.batch, path);
    const total = { diff: 0, fail: 0, throw: 0 };
    const shown = new Map<string, Finding>();
    for (let start = 0; start < count; start += BATCH) {
      const length = Math.min(BATCH, count - start);
      // Seeds far apart, so that neighbouring runs share no tree.
      const seeds = Array.from({ length }, (_, index) => seed * 1_000_000 + start + index);
      const found = await findings(
        seeds.map((seed) => ({ seed, tree: treeOf(seed) })),
        format,
      );
      for (const finding of found) {
        total[finding.kind]++;
        if (shown.size >= show) continue;
        const least = await shrunk(finding, format);
        // One finding of each shape is enough, whatever its names are.
        const key = (least.text || least.formatted).replace(/[\w'-]+/g, "x");
        if (shown.has(key)) continue;
        shown.set(key, least);
        console.log(report(least));
      }
    }
    const same = count - total.diff - total.fail - total.throw;
    console.log(
      `${count} trees: ${same} unchanged, ${total.diff} changed, ${total.fail} refused by nixfmt, ${total.throw} not printed`,
    );
    process.exitCode = same === count ? 0 : 1;
  } finally {
    await cleanup();
  }
}

await main();
