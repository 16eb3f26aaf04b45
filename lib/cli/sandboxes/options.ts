import { type Command, InvalidArgumentError, Option } from "commander";
import type { Driver, DriverOptions } from "../../driver/driver.ts";
import type { Terminal } from "../terminal.ts";

/** Options of commands that tell what they do. */
export interface TellingOptions {
  readonly json?: boolean;
}

export function jsonEvents(): Option {
  return new Option("--json", "print what happens as JSON, an object on each line");
}

/** Whether `--verbose` was given, which is an option of the program. */
export function isVerbose(command: Command): boolean {
  return command.optsWithGlobals()["verbose"] === true;
}

/** The driver that the terminal brings, or this machine's. */
export async function driverFor(terminal: Terminal, options: DriverOptions = {}): Promise<Driver> {
  if (terminal.driver !== undefined) return terminal.driver(options);
  const { createDriver } = await import("../../driver/driver.ts");
  return createDriver(options);
}

/** `NAME=FILE`, again and again. */
export function secretFiles(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=/");
  if (at <= 0)
    throw new InvalidArgumentError("It is NAME=FILE, and the file's path starts with a slash.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
