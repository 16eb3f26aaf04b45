import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bridge, type BridgeOptions, startBridge } from "../../../lib/bridge/bridge.ts";
import type { Call } from "../../../lib/bridge/call.ts";
import type { BridgeSetup, Credential, Grant } from "../../../lib/schema/bridge-setup.ts";
import type { Provider } from "../../../lib/schema/bridge-types.ts";

/** A bridge, and what tests look at. */
export interface Started {
  readonly bridge: Bridge;
  readonly directory: string;
  readonly setup: BridgeSetup;
  readonly socketOf: (sandbox: string) => string;
  readonly adminSocket: string;
  readonly warnings: readonly string[];
  /** What the audit log has, in its order. */
  readonly calls: () => Call[];
}

/** A setup, of which only what matters is given. */
export interface Wanted {
  readonly credentials: { readonly [name: string]: WantedCredential };
  readonly sandboxes?: { readonly [name: string]: Partial<Grant> } | undefined;
  readonly setup?: Partial<BridgeSetup> | undefined;
  readonly options?: BridgeOptions | undefined;
}

interface WantedCredential extends Partial<Omit<Credential, "provider">> {
  readonly provider: Provider;
  /** What its file holds @default keyOf(name) */
  readonly key?: string | undefined;
}

/** A key that stands in no other text. */
export function keyOf(credential: string): string {
  return `sk-canary-${credential}-4f1d8a7c2b`;
}

export async function setupIn(directory: string, wanted: Wanted): Promise<BridgeSetup> {
  const { credentials, sandboxes = { alice: {} }, setup = {} } = wanted;
  const names = Object.keys(credentials);
  for (const [name, { key = keyOf(name) }] of Object.entries(credentials))
    await writeFile(join(directory, `${name}.key`), `${key}\n`);
  return {
    version: 1,
    credentials: Object.fromEntries(
      Object.entries(credentials).map(([name, { key: _, ...given }]) => [
        name,
        { source: { file: join(directory, `${name}.key`) }, policy: {}, limits: {}, ...given },
      ]),
    ),
    sandboxes: Object.fromEntries(
      Object.entries(sandboxes).map(([name, grant]) => [
        name,
        { credentials: names, policy: {}, limits: {}, ...grant },
      ]),
    ),
    limits: {},
    prices: {},
    audit: {
      directory: join(directory, "log"),
      onFailure: "closed",
      maxBytes: 1e8,
      maxHours: 24,
      maxFiles: 90,
    },
    workers: 1,
    idleSeconds: 60,
    maxBodyBytes: 33_554_432,
    ...setup,
  };
}

/** Starts bridges below a directory, and closes them all. */
export function bridgesIn(root: () => string): {
  readonly start: (wanted: Wanted) => Promise<Started>;
  readonly closeAll: () => Promise<void>;
} {
  const open: Bridge[] = [];
  return {
    start: async (wanted) => {
      const directory = await mkdtemp(join(root(), "b-"));
      const setup = await setupIn(directory, wanted);
      const warnings: string[] = [];
      const bridge = await startBridge(setup, {
        directory: join(directory, "run"),
        onWarning: (message) => warnings.push(message),
        ...wanted.options,
      });
      open.push(bridge);
      return {
        bridge,
        directory,
        setup,
        socketOf: (sandbox) => join(directory, "run", sandbox, "bridge.sock"),
        adminSocket: join(directory, "run", "admin.sock"),
        warnings,
        calls: () => callsIn(join(directory, "log")),
      };
    },
    closeAll: async () => {
      await Promise.all(open.splice(0).map((bridge) => bridge.close(0)));
    },
  };
}

export function callsIn(log: string): Call[] {
  return readdirSync(log)
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => readFileSync(join(log, file), "utf8").split("\n").slice(0, -1))
    .map((line) => JSON.parse(line) as Call);
}
