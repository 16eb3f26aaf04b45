// Runs a driver in the lab, whose host fails at a step before or after it has done what the step does:
//   node drive.js '{ "task": "up", "names": ["web"], "fails": { "step": "create", "when": "after" } }'
import { driverOf } from "../../../dist/driver/driver.js";
import { problem } from "../../../dist/driver/problems.js";
import { realHost } from "../../../dist/driver/real-host.js";
import { loadConfig } from "../../../dist/files/config.js";

const request = JSON.parse(process.argv[2]);
const { task, names, template = "default", fails, timeLimits = {}, atOnce = 6 } = request;
const host = realHost();

async function perform(step, options) {
  const isIt = step.id === fails?.step;
  const failure = () => problem("host", `told to fail at ${step.id}`, "this is a test");
  if (isIt && fails.when === "before") throw failure();
  await host.perform(step, options);
  if (isIt) throw failure();
}

const events = [];
const onEvent = (event) => events.push(event);
const driver = driverOf({ ...host, perform }, { onEvent, timeLimits });
const directory = process.cwd();
const config = await loadConfig(`${directory}/forage.config.json`);
const tasks = {
  ...driver,
  up: (name) => driver.up(config, { name, template, workspace: "/srv/work", directory }),
};

/** So many at once as the machine can bear. */
async function worker() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) await tasks[task](name);
}

try {
  await Promise.all(Array.from({ length: atOnce }, worker));
  console.log(JSON.stringify({ events }));
} catch (error) {
  if (error.diagnostics === undefined) throw error;
  console.log(JSON.stringify({ events, code: error.code, message: error.message }));
}
