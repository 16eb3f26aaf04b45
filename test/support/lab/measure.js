// Measures a driver in the lab, and prints what it found as JSON: milliseconds, one for each round.
import { execFileSync, spawnSync } from "node:child_process";
import { driverOf } from "../../../dist/driver/driver.js";
import { insideArgv } from "../../../dist/driver/inside.js";
import { realHost } from "../../../dist/driver/real-host.js";
import { loadConfig } from "../../../dist/files/config.js";

const { rounds, runs } = JSON.parse(process.argv[2]);
const MAIN = new URL("../../../dist/cli/main.js", import.meta.url).pathname;
const now = () => performance.now();

/** What the tools took that a driver is there to call; everything else is its own. */
let inTools = 0;
const host = realHost();
async function perform(step, options) {
  const start = now();
  await host.perform(step, options);
  if (step.action.kind === "run" || step.action.kind === "stop") inTools += now() - start;
}
const driver = driverOf({ ...host, perform });
const config = await loadConfig(`${process.cwd()}/forage.config.json`);
const request = { name: "bench", template: "default", directory: process.cwd() };

async function timed(work) {
  inTools = 0;
  const start = now();
  await work();
  const whole = now() - start;
  return { whole, own: whole - inTools };
}

const results = { up: [], down: [], exec: { "systemd-run": [], library: [], forage: [] } };
for (let round = 0; round < rounds; round++) {
  results.up.push(await timed(() => driver.up(config, request)));
  results.down.push(await timed(() => driver.down("bench")));
}

await driver.up(config, request);
const user = { name: "agent", uid: 1000 };
const COMMAND = ["sleep", "0"];
const [file, ...args] = insideArgv({ name: "bench", user }, COMMAND);
const plain = ["--quiet", "--machine=bench", "--uid=agent", "--pipe", "--wait", "--collect"];
const contenders = {
  "systemd-run": () => execFileSync("systemd-run", [...plain, ...COMMAND], { stdio: "ignore" }),
  "systemd-run, a login shell": () => execFileSync(file, args, { stdio: "ignore" }),
  library: () => driver.exec("bench", COMMAND, { output: "capture" }),
  forage: () =>
    spawnSync(process.execPath, [MAIN, "exec", "bench", ...COMMAND], { stdio: "ignore" }),
  "node -e 0": () => spawnSync(process.execPath, ["-e", "0"], { stdio: "ignore" }),
};
results.exec = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let run = -3; run < runs; run++)
  for (const [name, contender] of Object.entries(contenders)) {
    const start = now();
    await contender();
    if (run >= 0) results.exec[name].push(now() - start);
  }
await driver.down("bench");
console.log(JSON.stringify(results));
