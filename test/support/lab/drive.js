// Runs a driver in the lab, whose host may fail at a step before or after it has done what the step does. One task after
// the other, each whatever became of those before it:
//   node drive.js '[{ "task": "up", "names": ["web"], "fails": { "step": "create", "when": "after" } }]'
import { driverOf } from "../../../dist/driver/driver.js";
import { problem } from "../../../dist/driver/problems.js";
import { realHost } from "../../../dist/driver/real-host.js";
import { loadConfig } from "../../../dist/files/config.js";

const host = realHost();
const directory = process.cwd();
const config = await loadConfig(`${directory}/forage.config.json`);

async function drive(request) {
  const { task, names, template = "default", fails, timeLimits = {}, atOnce = 6 } = request;
  const { ignoreMissing = false } = request;

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
  const tasks = {
    ...driver,
    up: (name) => driver.up(config, { name, template, workspace: "/srv/work", directory }),
    down: (name) => driver.down(name, { ignoreMissing }),
  };

  /** So many at once as the machine can bear. */
  async function worker() {
    for (let name = names.shift(); name !== undefined; name = names.shift())
      await tasks[task](name);
  }

  try {
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { events };
  } catch (error) {
    if (error.diagnostics === undefined) throw error;
    return { events, code: error.code, message: error.message };
  }
}

const driven = [];
for (const request of JSON.parse(process.argv[2])) driven.push(await drive(request));
console.log(JSON.stringify(driven));
