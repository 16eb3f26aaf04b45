import type { Grant } from "../schema/bridge-setup.ts";
import type { Sums } from "./metrics.ts";

/** What a process of a bridge says of itself. */
export interface BridgeState {
  readonly sums: readonly Sums[];
  /** Why it cannot log calls. */
  readonly logProblem?: string | undefined;
}

/** The other processes of a bridge that shares its work between several. */
export interface Peers {
  /** The state of each of the others; null, as messages between processes have it, for one that does not answer. */
  readonly states: () => Promise<readonly (BridgeState | null)[]>;
  /** Tells the others of a sandbox that came, or with no grant of one that went. */
  readonly announce: (sandbox: string, grant: Grant | undefined) => Promise<void>;
}

export const NO_PEERS: Peers = {
  states: async () => [],
  announce: async () => undefined,
};

/** Why a bridge is not well, as its processes say. */
export function problemOf(states: readonly (BridgeState | null)[]): string | undefined {
  return states
    .map((state) => (state === null ? "a worker does not answer" : state.logProblem))
    .find((problem) => problem !== undefined);
}
