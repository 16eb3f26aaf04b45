import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { HANG_MS } from "./support/hang.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

export default defineConfig({
  root: fromRoot(""),
  resolve: {
    alias: [
      { find: /^forage-nix$/, replacement: fromRoot("lib/index.ts") },
      { find: /^forage-nix\/bridge$/, replacement: fromRoot("lib/bridge/index.ts") },
      { find: /^forage-nix\/driver$/, replacement: fromRoot("lib/driver/index.ts") },
      { find: /^forage-nix\/nix$/, replacement: fromRoot("lib/nix/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // Many tests wait for other programs most of the time.
    maxWorkers: 2,
    // Of those that run at once in a file, whose programs keep the processors busy.
    maxConcurrency: 3,
    // No module of ours has a state, so that what one file has loaded is good for the next.
    isolate: false,
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    reporters: ["default", ["json", { outputFile: "node_modules/.vitest/results.json" }]],
  },
});
