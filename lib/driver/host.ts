import type { ExecOptions, ExecResult } from "./exec.ts";
import type { Trace } from "./inspect.ts";
import type { Lock, LockOptions } from "./lock.ts";
import type { PerformOptions } from "./perform.ts";
import type { Places } from "./places.ts";
import type { Blueprint } from "./plan.ts";
import type { Records, SandboxRecord } from "./records.ts";
import type { Step } from "./steps.ts";
import type { UnitState } from "./unit-state.ts";

/** The machine that a driver works on: the real one, or one that only notes what it is told to do. */
export interface Host {
  readonly records: Records;
  readonly perform: (step: Step, options: PerformOptions) => Promise<void>;
  readonly lock: (path: string, options: LockOptions) => Promise<Lock>;
  readonly unitStates: (units: readonly string[]) => Promise<ReadonlyMap<string, UnitState>>;
  /** Where everything of a sandbox is on this machine. */
  readonly placesOf: (name: string) => Promise<Places>;
  /** @throws ForageError `host` without root, or a program that a command needs beside those of systemd */
  readonly checkTools: (programs: readonly Tool[]) => Promise<void>;
  /** A directory's own path, without links. @throws ForageError `host` when there is none */
  readonly workspace: (path: string) => Promise<string>;
  /** Looks for all that a sandbox has from the host. @throws ForageError `secret` or `host` with all that is missing */
  readonly checkSources: (record: SandboxRecord) => Promise<void>;
  /** What stands in the way of a new sandbox, all at once. @throws ForageError `secret` or `host` */
  readonly checkBlueprint: (blueprint: Blueprint) => Promise<readonly Warning[]>;
  /** Whether a container of that name is there that is not ours. */
  readonly hasContainer: (places: Places) => Promise<boolean>;
  /** Runs a command in a sandbox. */
  readonly exec: (
    record: SandboxRecord,
    argv: readonly string[],
    options?: ExecOptions,
  ) => Promise<ExecResult>;
  /** What a command that was killed was writing in a directory. */
  readonly leftTemporaries: (directory: string) => Promise<readonly string[]>;
  /** The last lines in the journal of a unit. */
  readonly lastLog: (unit: string) => Promise<string>;
  /** What of sandboxes is on the machine, known to a record or not, by the sandboxes' names. */
  readonly traces: () => Promise<ReadonlyMap<string, readonly Trace[]>>;
}

export type Tool = "nix-build" | "nix-store" | "nixos-container";

export interface Warning {
  readonly message: string;
  readonly hint: string;
}
