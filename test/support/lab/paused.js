// The command line with a driver that does not end one step before a signal has come, so that it comes during that step:
//   node paused.js STEP up web --json
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../dist/cli/run.js";
import { driverOf } from "../../../dist/driver/driver.js";
import { realHost } from "../../../dist/driver/real-host.js";

const [paused, ...args] = process.argv.slice(2);
const host = realHost();
let isSignalled = false;
// The last one means nothing but that.
for (const signal of ["SIGINT", "SIGTERM", "SIGUSR2"])
  process.once(signal, () => {
    isSignalled = true;
  });

async function perform(step, options) {
  await host.perform(step, options);
  while (step.id === paused && !isSignalled) await sleep(10);
}

const status = await run(args, {
  directory: process.cwd(),
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  driver: (options) => driverOf({ ...host, perform }, options),
});
process.exit(status);
