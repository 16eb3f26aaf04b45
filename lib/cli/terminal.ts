import type { Readable, Writable } from "node:stream";
import type { Driver, DriverOptions } from "../driver/driver.ts";

/** Where a command runs, what it writes to, and whom it may ask. */
export interface Terminal {
  readonly directory: string;
  /** Results. */
  readonly write: (text: string) => void;
  /** Messages. */
  readonly writeError: (text: string) => void;
  /** Whether a person reads the results and can answer a question @default false */
  readonly isInteractive?: boolean;
  /** Whether results may be coloured @default false */
  readonly isColoured?: boolean;
  /** Where a list of steps may be drawn that changes @default nowhere */
  readonly live?: NodeJS.WriteStream | undefined;
  /** What makes the driver of sandboxes @default this machine's */
  readonly driver?: (options: DriverOptions) => Driver;
  /** What questions are answered from @default the process's standard input */
  readonly input?: Readable;
  /** What questions are shown on @default the process's standard output */
  readonly output?: Writable;
}
