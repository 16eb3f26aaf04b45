import { Counter, Gauge, Registry } from "prom-client";
import type { Call } from "./call.ts";
import type { BridgeState } from "./peers.ts";

/** Sums of calls, for Prometheus. */
export interface Metrics {
  readonly note: (call: Call) => void;
  readonly sums: () => readonly Sums[];
  /** Those of all processes of a bridge. */
  readonly text: (states: readonly (BridgeState | null)[]) => Promise<string>;
}

/** What calls of one kind took together. */
export interface Sums {
  readonly sandbox: string;
  readonly credential: string;
  readonly decision: string;
  calls: number;
  bytesOut: number;
  seconds: number;
  cost: number;
  readonly tokens: { input: number; output: number; cacheRead: number; cacheWrite: number };
}

/** Sums are plain numbers until somebody asks: a library's own counters would cost each request more than all else here. */
export function createMetrics(sandboxes: () => number): Metrics {
  const own = new Map<string, Sums>();
  let all: readonly Sums[] = [];
  let isLogFailing = false;
  const registry = new Registry();
  const labelNames = ["sandbox", "credential", "decision"] as const;
  const counter = (name: string, help: string, read: (sums: Sums) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const sums of all) {
          const { sandbox, credential, decision } = sums;
          this.inc({ sandbox, credential, decision }, read(sums));
        }
      },
    });
  counter("forage_bridge_calls_total", "Calls.", ({ calls }) => calls);
  counter("forage_bridge_response_bytes_total", "Bytes of answers.", ({ bytesOut }) => bytesOut);
  counter(
    "forage_bridge_call_seconds_total",
    "How long calls took together.",
    ({ seconds }) => seconds,
  );
  counter(
    "forage_bridge_cost_dollars_total",
    "What calls cost by the price table.",
    ({ cost }) => cost,
  );
  new Counter({
    name: "forage_bridge_tokens_total",
    help: "Tokens, as providers count them.",
    labelNames: [...labelNames, "kind"] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const { sandbox, credential, decision, tokens } of all)
        for (const [kind, count] of Object.entries(tokens))
          this.inc({ sandbox, credential, decision, kind }, count);
    },
  });
  gauge(registry, "forage_bridge_sandboxes", "Sandboxes that may use the bridge.", sandboxes);
  gauge(registry, "forage_bridge_audit_failing", "Whether calls cannot be logged.", () =>
    Number(isLogFailing),
  );
  return {
    note: (call) => {
      const { sandbox, credential = "", decision, tokens } = call;
      const key = `${sandbox}\n${credential}\n${decision}`;
      let sums = own.get(key);
      if (sums === undefined) {
        sums = {
          sandbox,
          credential,
          decision,
          calls: 0,
          bytesOut: 0,
          seconds: 0,
          cost: 0,
          tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
        };
        own.set(key, sums);
      }
      sums.calls++;
      sums.bytesOut += call.bytesOut;
      sums.seconds += call.durationMs / 1000;
      sums.cost += call.cost ?? 0;
      if (tokens === undefined) return;
      sums.tokens.input += tokens.input;
      sums.tokens.output += tokens.output;
      sums.tokens.cacheRead += tokens.cacheRead;
      sums.tokens.cacheWrite += tokens.cacheWrite;
    },
    sums: () => [...own.values()],
    text: async (states) => {
      // Counters of one kind are added up where several processes have them.
      all = states.flatMap((state) => state?.sums ?? []);
      isLogFailing = states.some((state) => state?.logProblem !== undefined);
      return registry.metrics();
    },
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
