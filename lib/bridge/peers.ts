import type { Grant } from "../schema/bridge-setup.ts";
import type { Sums } from "./metrics.ts";

/** The other processes of a bridge that shares its work between several. */
export interface Peers {
  /** What the others have counted. */
  readonly sums: () => Promise<readonly Sums[]>;
  /** Tells the others of a sandbox that came, or with no grant of one that went. */
  readonly announce: (sandbox: string, grant: Grant | undefined) => Promise<void>;
}

export const NO_PEERS: Peers = {
  sums: async () => [],
  announce: async () => undefined,
};
