import { benchBridge } from "./bridge.js";
import { benchDriver } from "./driver.js";
import { benchMemory } from "./memory.js";
import { benchStart } from "./start.js";
import { benchWriting } from "./write.js";

const BENCHES = {
  writing: benchWriting,
  memory: benchMemory,
  start: benchStart,
  driver: benchDriver,
  bridge: benchBridge,
};

const wanted = process.argv.slice(2);
console.log(
  "Medians; in parentheses, where the middle half lies. Only figures of one run compare.",
);
for (const [name, bench] of Object.entries(BENCHES))
  if (wanted.length === 0 || wanted.includes(name))
    for (const table of await bench()) console.log(`\n${table}`);
