import { createJiti } from "jiti";
import { ratiosTo, spread } from "./rounds.js";
import { figure, table } from "./table.js";

const ROUNDS = 8;
const RUNS = 30;

/** What a driver adds to the tools that it calls, in a lab host; only root can boot that. */
export async function benchDriver() {
  if (process.getuid() !== 0)
    return ["A driver: not measured, because only root can boot a lab host"];
  const { bootLab, LAB_PROJECT } = await createJiti(import.meta.url).import(
    "../support/lab-host.ts",
  );
  const lab = await bootLab();
  try {
    const request = JSON.stringify({ rounds: ROUNDS, runs: RUNS });
    const { status, out, err } = await lab.run([process.execPath, "/opt/lab/measure.js", request], {
      directory: LAB_PROJECT,
    });
    if (status !== 0) throw new Error(err);
    return tables(JSON.parse(out));
  } finally {
    await lab.shutDown();
  }
}

function tables({ up, down, exec }) {
  const rows = Object.entries({ up, down }).map(([name, rounds]) => [
    name,
    figure(
      rounds.map(({ own }) => own),
      0,
    ),
    figure(
      rounds.map(({ whole }) => whole),
      0,
    ),
    `${Math.round(100 * spread(rounds.map(({ own, whole }) => own / whole)).median)} %`,
  ]);
  const ratios = ratiosTo("systemd-run", exec);
  // Of the second, most is the start of Node, which is measured beside it.
  const targets = { library: "≤ 1.5", forage: "≤ 1.5" };
  return [
    table(
      `A driver: ${ROUNDS} times each; its own is what is not nix-build, nixos-container or systemd`,
      ["", "own ms", "whole ms", "own share"],
      rows,
    ),
    table(
      `A command in a sandbox: ${RUNS} of each, in turns`,
      ["", "× systemd-run", "target", "ms"],
      Object.entries(exec).map(([name, times]) => [
        name,
        figure(ratios[name]),
        targets[name] ?? "",
        figure(times, 1),
      ]),
    ),
  ];
}
