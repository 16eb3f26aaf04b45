import { ratiosTo, timeRounds } from "./rounds.js";
import { figure, table } from "./table.js";
import { AMOUNTS, FLOOR, WRITERS } from "./writers.js";

const TARGETS = { printNix: "≤ 4.5" };

/** Tree to text and definition to text, against the fastest serializer there is and against nijs. */
export function benchWriting() {
  return Object.entries(WRITERS).map(([what, writers]) => {
    const prepared = Object.fromEntries(
      Object.entries(writers).map(([name, prepare]) => [name, prepare()]),
    );
    const times = timeRounds(prepared, { rounds: 11, warmUp: 3 });
    const ratios = ratiosTo(FLOOR, times);
    const megabytes = Buffer.byteLength(Object.values(prepared)[1]()) / 1e6;
    return table(
      `${what}: ${AMOUNTS[what]}, ${megabytes.toFixed(1)} MB of Nix`,
      ["", `× ${FLOOR}`, "target", "ms"],
      Object.keys(writers).map((name) => [
        name,
        figure(ratios[name]),
        TARGETS[name] ?? "",
        figure(times[name], 0),
      ]),
    );
  });
}
