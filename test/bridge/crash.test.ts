import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyAudit } from "../../lib/bridge/audit/verify.ts";
import { ask } from "../support/bridge/ask.ts";
import { anyAt } from "../support/bridge/providers.ts";
import { callsIn, setupIn } from "../support/bridge/start.ts";
import { startPlainUpstream, type Upstream } from "../support/bridge/upstream.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const ROUNDS = 3;
const CLIENTS = 16;
/** As many have ended when it is killed. */
const CALLS = 200;
const LIB = fileURLToPath(new URL("../../lib", import.meta.url));
const SCRIPT = `
  import { createJiti } from "jiti";
  const [lib, setup, directory] = JSON.parse(process.argv[1]);
  const { startBridge } = await createJiti(lib + "/").import("./bridge/bridge.ts");
  const bridge = await startBridge(setup, { directory });
  process.on("SIGTERM", () => bridge.close(5));
  console.log("ready");
`;

const root = temporaryDirectory();
const running = new Set<ChildProcess>();
let upstream: Omit<Upstream, "received">;

beforeAll(async () => {
  upstream = await startPlainUpstream((request, response) => {
    request.resume();
    response.end("ok".repeat(50));
  });
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await upstream.close();
});

async function bridgeProcess(setup: unknown, directory: string): Promise<ChildProcess> {
  const args = ["--input-type=module", "--eval", SCRIPT, "--"];
  const child = spawn(process.execPath, [...args, JSON.stringify([LIB, setup, directory])], {
    cwd: LIB,
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  expect(String((await once(child.stdout as NonNullable<typeof child.stdout>, "data"))[0])).toBe(
    "ready\n",
  );
  return child;
}

it("loses no call that a client saw the end of when it is killed, and is back at the same socket", async () => {
  const directory = await mkdtemp(join(root(), "b-"));
  const setup = await setupIn(directory, {
    credentials: { any: { provider: anyAt(upstream.origin) } },
    setup: {
      audit: {
        directory: join(directory, "log"),
        onFailure: "closed",
        maxBytes: 30_000,
        maxHours: 24,
        maxFiles: 1000,
      },
    },
  });
  const socket = join(directory, "run", "alice", "bridge.sock");
  const seen: string[] = [];
  let isOver = false;
  let asked = 0;
  const client = async () => {
    while (!isOver) {
      const path = `/api/call-${asked++}`;
      const answer = await ask(socket, `/any${path}`).catch(() => undefined);
      if (answer?.status === 200) seen.push(path);
      else await wait(5);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  for (let round = 0; round < ROUNDS; round++) {
    const before = seen.length;
    const child = await bridgeProcess(setup, join(directory, "run"));
    while (seen.length < before + CALLS + round) await wait(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    // A line may have been cut off, and the next start is to mend that.
    const { faults } = await verifyAudit(join(directory, "log"));
    expect(faults.filter(({ what }) => what !== "half-written")).toEqual([]);
  }
  const last = await bridgeProcess(setup, join(directory, "run"));
  const before = seen.length;
  while (seen.length < before + CALLS) await wait(1);
  isOver = true;
  await Promise.all(clients);
  last.kill("SIGTERM");
  await once(last, "exit");
  expect((await verifyAudit(join(directory, "log"))).faults).toEqual([]);
  const logged = new Set(callsIn(join(directory, "log")).map(({ path }) => path));
  expect(seen.filter((path) => !logged.has(path))).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual((ROUNDS + 1) * CALLS);
  expect(existsSync(socket)).toBe(false);
});
