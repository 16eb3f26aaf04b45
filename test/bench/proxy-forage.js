// Our bridge in a process of its own; see proxies.js.
import { writeFile } from "node:fs/promises";
import { startBridge } from "forage-nix/bridge";

const [, , directory, provider, sandboxes = "1"] = process.argv;
const limits = {
  requestsPerMinute: 1_000_000_000,
  concurrentRequests: 1_000_000,
  tokensPerDay: 1_000_000_000_000,
};
const names = Array.from({ length: Number(sandboxes) }, (_, index) => `sandbox-${index}`);
await writeFile(`${directory}/key`, "sk-not-a-real-key\n");
await startBridge(
  {
    version: 1,
    credentials: {
      anthropic: {
        provider: {
          upstream: provider,
          header: "x-api-key",
          format: "anthropic",
          allow: ["POST /v1/*"],
          headers: {},
          allowPrivateAddress: true,
          allowHttp: true,
        },
        source: { file: `${directory}/key` },
        policy: {},
        limits,
      },
    },
    sandboxes: Object.fromEntries(
      names.map((name) => [name, { credentials: ["anthropic"], policy: {}, limits }]),
    ),
    limits: {},
    prices: {},
    audit: {
      directory: `${directory}/audit`,
      onFailure: "closed",
      maxBytes: 100_000_000,
      maxHours: 24,
      maxFiles: 2,
    },
    workers: 1,
    idleSeconds: 600,
    maxBodyBytes: 10_000_000,
  },
  { directory: `${directory}/run`, onWarning: (message) => console.error(message) },
);
process.send(names.map((name) => `${directory}/run/${name}/bridge.sock`));
// Not to outlive a bench that is interrupted.
process.once("disconnect", () => process.exit());
