// Runs the bridge of DIRECTORY/setup.json with its workers until the end of the input: node start-workers.js DIRECTORY
import { readFileSync } from "node:fs";
import { startBridge } from "../../../dist/bridge/index.js";
import { workerPlace } from "../../../dist/driver/bridge-worker.js";
import { startWorkers } from "../../../dist/driver/bridge-workers.js";

const [, , root] = process.argv;
const setup = JSON.parse(readFileSync(`${root}/setup.json`, "utf8"));
const directory = `${root}/run`;
const place = workerPlace();
const onWarning = (message) => console.error(message);
if (place === undefined) {
  const workers = await startWorkers(setup, { directory, sockets: new Map(), onWarning });
  console.log("ready");
  process.stdin.resume().on("end", async () => {
    await workers.close(5);
    process.exit(0);
  });
} else {
  await place.serve(await startBridge(setup, { ...place, directory, onWarning }));
  process.exit(0);
}
