import type { Config } from "../schema/config-types.ts";
import type { UpRequest } from "./blueprint.ts";
import { type DownOptions, down } from "./down.ts";
import type { OnEvent } from "./events.ts";
import type { ExecOptions, ExecResult } from "./exec.ts";
import { type Garbage, type GcOptions, gc } from "./gc.ts";
import type { Host } from "./host.ts";
import { list, type SandboxStatus } from "./list.ts";
import { type LogsOptions, logs } from "./logs.ts";
import { recordOf } from "./names.ts";
import { realHost } from "./real-host.ts";
import { reset, rotate } from "./reset.ts";
import { DEFAULT_TIME_LIMITS, type TimeLimits } from "./time-limits.ts";
import type { Finding } from "./verify/finding.ts";
import type { Context, Interruptible } from "./work.ts";

export interface DriverOptions {
  /** Gets what is being done, as it is done @default nobody does */
  readonly onEvent?: OnEvent | undefined;
  /** How long things may take, where that is other than the defaults. */
  readonly timeLimits?: Partial<TimeLimits> | undefined;
}

/** A sandbox that runs. It is disposed of by `await using`, which is `down`. */
export interface RunningSandbox extends AsyncDisposable {
  readonly name: string;
  readonly template: string;
  readonly workspace: string | undefined;
  /** Runs a command in it as its agents' user. */
  readonly exec: (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  readonly down: () => Promise<void>;
}

/** What carries sandboxes through their lives on a host. Everything that it throws on purpose is a `ForageError`. */
export interface Driver {
  /** @throws ForageError `definition`, `usage`, `host`, `secret`, `sandbox`, `process` or `interrupted` */
  readonly up: (
    config: Config,
    request: UpRequest,
    options?: Interruptible,
  ) => Promise<RunningSandbox>;
  /** @returns whether there was such a sandbox @throws ForageError `sandbox`, `host` or `process` */
  readonly down: (name: string, options?: DownOptions) => Promise<boolean>;
  /** A fresh root file system and fresh secrets; the same system and workspace. */
  readonly reset: (name: string, options?: Interruptible) => Promise<RunningSandbox>;
  /** The secrets' present values, without a restart. */
  readonly rotate: (name: string, options?: Interruptible) => Promise<void>;
  readonly exec: (
    name: string,
    argv: readonly string[],
    options?: ExecOptions,
  ) => Promise<ExecResult>;
  readonly list: () => Promise<readonly SandboxStatus[]>;
  readonly logs: (name: string, options?: LogsOptions) => Promise<number>;
  readonly gc: (options?: GcOptions) => Promise<readonly Garbage[]>;
  /** Looks whether what is promised of a sandbox holds. */
  readonly verify: (name: string, options?: Interruptible) => Promise<readonly Finding[]>;
}

/**
 * The driver of this machine. It needs root, Nix, and NixOS' `nixos-container`.
 *
 * @example
 * const driver = createDriver({ onEvent: (event) => console.error(event) });
 * await using sandbox = await driver.up(config, { name: "alice", workspace: "/srv/alice" });
 * const { status } = await sandbox.exec(["claude", "--print", "fix the tests"]);
 */
export function createDriver(options: DriverOptions = {}): Driver {
  return driverOf(realHost(), options);
}

/** A listener that throws is no reason to leave half of a sandbox. */
function unthrowing(onEvent: OnEvent): OnEvent {
  return (event) => {
    try {
      onEvent(event);
    } catch {
      // It is the listener's own to tell.
    }
  };
}

/** The same for any host. */
export function driverOf(
  host: Host,
  { onEvent = () => {}, timeLimits = {} }: DriverOptions = {},
): Driver {
  const context: Context = {
    host,
    onEvent: unthrowing(onEvent),
    limits: { ...DEFAULT_TIME_LIMITS, ...timeLimits },
  };
  const driver: Driver = {
    // What only some need is loaded for them alone.
    up: async (config, request, options) => {
      const { up } = await import("./up.ts");
      return running(await up(context, config, request, options));
    },
    down: (name, options) => down(context, name, options),
    reset: async (name, options) => running(await reset(context, name, options)),
    rotate: async (name, options) => void (await rotate(context, name, options)),
    exec: async (name, argv, options) => host.exec(await recordOf(host, name), argv, options),
    list: () => list(host),
    logs: async (name, options) => {
      await recordOf(host, name);
      return logs(name, options);
    },
    gc: (options) => gc(context, options),
    verify: async (name, options) =>
      (await import("./verify/verify.ts")).verify(host, name, options),
  };
  const running = ({
    name,
    template,
    workspace,
  }: {
    readonly name: string;
    readonly template: string;
    readonly workspace?: string | undefined;
  }): RunningSandbox => {
    const remove = async () => void (await driver.down(name, { ignoreMissing: true }));
    return {
      name,
      template,
      workspace,
      exec: (argv, options) => driver.exec(name, argv, options),
      down: remove,
      [Symbol.asyncDispose]: remove,
    };
  };
  return driver;
}
