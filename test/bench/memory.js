import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { table } from "./table.js";
import { WRITERS } from "./writers.js";

const FILE = fileURLToPath(import.meta.url);

/** The most memory that writing takes beyond its input, each writer in a process of its own. */
export function benchMemory() {
  const rows = Object.entries(WRITERS).flatMap(([what, writers]) =>
    Object.keys(writers).map((name) => {
      const measured = execFileSync(process.execPath, ["--expose-gc", FILE, what, name], {
        encoding: "utf8",
      });
      const { input, peak, text } = JSON.parse(measured);
      return [`${what}: ${name}`, ...[input, peak, text].map((bytes) => (bytes / 1e6).toFixed(0))];
    }),
  );
  return [table("Memory, in MB", ["", "input", "peak beyond it", "text"], rows)];
}

if (process.argv[1] === FILE) {
  const [, , what, name] = process.argv;
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const write = WRITERS[what][name]();
  const input = heap() - before;
  const start = resetPeak();
  const text = Buffer.byteLength(write());
  console.log(JSON.stringify({ input, peak: peak() - start, text }));
}

/** Lets the kernel forget this process's peak; the memory that it holds now. */
function resetPeak() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Elsewhere than on Linux the peak includes what making the input took.
  }
  return process.memoryUsage.rss();
}

function peak() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
