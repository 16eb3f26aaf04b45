// The command line with a driver that takes its time at one step, so that what comes then comes during that step:
//   node paused.js STEP up web --json
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../dist/cli/run.js";
import { driverOf } from "../../../dist/driver/driver.js";
import { realHost } from "../../../dist/driver/real-host.js";

const PAUSE_MS = 400;
const [paused, ...args] = process.argv.slice(2);
const host = realHost();

async function perform(step, options) {
  await host.perform(step, options);
  if (step.id === paused) await sleep(PAUSE_MS);
}

const status = await run(args, {
  directory: process.cwd(),
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  driver: (options) => driverOf({ ...host, perform }, options),
});
process.exit(status);
