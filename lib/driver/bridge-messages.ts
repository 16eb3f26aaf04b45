import type { Asker, Exceeded, Took } from "../bridge/limits/limiter.ts";
import type { BridgeState } from "../bridge/peers.ts";
import type { Grant } from "../schema/bridge-setup.ts";

/** What the processes of one bridge tell each other; an answer has the number of what it answers. */
export type Message =
  | { readonly kind: "acquire"; readonly id: number; readonly asker: Asker }
  | {
      readonly kind: "acquired";
      readonly id: number;
      readonly exceeded?: Exceeded | undefined;
      readonly failed?: string;
    }
  | { readonly kind: "release"; readonly asker: Asker; readonly took: Took }
  | { readonly kind: "ask-state"; readonly id: number }
  | { readonly kind: "state"; readonly id: number; readonly state: BridgeState }
  | { readonly kind: "ask-states"; readonly id: number }
  | {
      readonly kind: "states";
      readonly id: number;
      readonly states: readonly (BridgeState | null)[];
    }
  | { readonly kind: "announce"; readonly sandbox: string; readonly grant?: Grant | undefined }
  | { readonly kind: "ready" }
  | { readonly kind: "close"; readonly graceSeconds: number };
