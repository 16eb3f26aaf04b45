import type { Grant } from "../schema/bridge-setup.ts";

/** One change to the host, as data. */
export interface Step {
  /** Which one it is; stable, for programs. */
  readonly id: string;
  /** What it does, for people: "build the system". */
  readonly title: string;
  readonly action: Action;
}

export type Action =
  /** Makes a directory, or gives one that is there its mode; a fresh one takes the place of whatever is there. */
  | {
      readonly kind: "directory";
      readonly path: string;
      readonly mode: number;
      readonly isFresh: boolean;
    }
  /** Writes a file in one step, and makes the directories above it. */
  | { readonly kind: "write"; readonly path: string; readonly text: string; readonly mode: number }
  /** Adds lines to a file in one step. */
  | { readonly kind: "append"; readonly path: string; readonly text: string }
  /** Adds a file to those that a unit is made of. */
  | {
      readonly kind: "drop-in";
      readonly unit: string;
      readonly path: string;
      readonly text: string;
      readonly mode: number;
    }
  /** Copies a secret into a file that is not there yet; to rotate it, into the place of the one that is. */
  | {
      readonly kind: "copy-secret";
      readonly secret: string;
      readonly from: string;
      readonly to: string;
      readonly mode: number;
      readonly uid: number;
      readonly replaces: boolean;
    }
  /** Runs a program, without a shell. */
  | {
      readonly kind: "run";
      readonly argv: readonly string[];
      readonly timeLimitMs: number;
      /** Whether the work goes on when it fails. */
      readonly mayFail: boolean;
    }
  /** Ends what was started in a container from outside, which could hang its stop. */
  | {
      readonly kind: "end-runs";
      readonly machine: string;
      readonly argv: readonly string[];
      readonly timeLimitMs: number;
    }
  /** Stops a container's unit, by force after the limit, and looks how it ended. */
  | {
      readonly kind: "stop";
      readonly unit: string;
      readonly machine: string;
      readonly timeLimitMs: number;
    }
  /** Removes files and directories with all that is in them, where they are there. */
  | {
      readonly kind: "remove";
      readonly paths: readonly string[];
      /** A directory that goes too when it is empty then. */
      readonly emptied?: string;
    }
  /** The same for what a container has left behind: its root's copies, and what programs have made unremovable. */
  | { readonly kind: "sweep"; readonly sandbox: string; readonly paths: readonly string[] }
  /** Lets a sandbox use the bridge that runs on the host. */
  | { readonly kind: "register"; readonly sandbox: string; readonly grant: Grant }
  /** The opposite, whether a bridge runs or not. */
  | { readonly kind: "unregister"; readonly sandbox: string }
  /** Removes a link that keeps a store path, and Nix's own note of it. */
  | { readonly kind: "release"; readonly path: string };
