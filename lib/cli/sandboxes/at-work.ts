import type { Command } from "commander";
import type { Driver, DriverOptions } from "../../driver/driver.ts";
import type { SetStatus } from "../help.ts";
import type { Terminal } from "../terminal.ts";
import { driverFor, isVerbose } from "./options.ts";
import { progress } from "./progress.ts";
import { interruptibly } from "./signals.ts";

interface AtWork<T> {
  readonly command: Command;
  readonly json: boolean;
  readonly timeLimits?: DriverOptions["timeLimits"];
  readonly work: (driver: Driver, signal: AbortSignal) => Promise<T>;
  /** Says what has come of it, where that is not said as JSON. */
  readonly tell: (result: T) => string;
}

/** Has a driver do something, tells what it does as it does it, and lets signals cut it short. */
export async function atWork<T>(
  terminal: Terminal,
  setStatus: SetStatus,
  { command, json, timeLimits, work, tell }: AtWork<T>,
): Promise<void> {
  await interruptibly(terminal, setStatus, async (signal) => {
    const { onEvent, end } = await progress(terminal, { json, verbose: isVerbose(command) });
    const driver = await driverFor(terminal, { onEvent, timeLimits });
    const result = await work(driver, signal).finally(end);
    if (!json) terminal.writeError(`forage: ${tell(result)}\n`);
  });
}
