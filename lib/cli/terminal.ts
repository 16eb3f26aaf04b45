import type { Readable, Writable } from "node:stream";

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
  /** What questions are answered from @default the process's standard input */
  readonly input?: Readable;
  /** What questions are shown on @default the process's standard output */
  readonly output?: Writable;
}
