import { readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import type { CommandSource, FileSource } from "../schema/bridge-setup.ts";
import { BRIDGE_SECRETS } from "../schema/paths.ts";

/** Runs a program that prints a token, and gives what it prints. */
export type RunCommand = (command: readonly string[]) => Promise<string>;

/** What a credential's value is now; undefined while it has none. */
export interface Value {
  readonly now: () => string | undefined | Promise<string | undefined>;
}

/** A token of fewer characters could be guessed. */
export const SHORTEST_TOKEN = 32;

/** What makes a value unfit for a header; a line break would begin another one. */
const UNFIT = /[^\t\x20-\x7e]/;

/** Whether a header can hold what a file or a program gives. */
export function isUsable(text: string): boolean {
  return usable(text) !== undefined;
}

function usable(text: string): string | undefined {
  const value = text.replace(/\r?\n$/, "");
  return value === "" || UNFIT.test(value) ? undefined : value;
}

/** A file's identity and state: a link may lead to another one, as with sops-nix, and a file may be written in place. */
function stamp({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

const CLOCK_TICK_MS = 50;

function isSettled({ mtimeMs, ctimeMs }: Stats): boolean {
  return Date.now() - Math.max(mtimeMs, ctimeMs) > CLOCK_TICK_MS;
}

/** Where a file that is named without a directory may be, the first one first. */
export function placesOf(file: string): string[] {
  if (file.startsWith("/")) return [file];
  const { CREDENTIALS_DIRECTORY } = process.env;
  // systemd copies credentials at the start alone, so that newer ones come by a directory of ours.
  return [
    join(BRIDGE_SECRETS, file),
    ...(CREDENTIALS_DIRECTORY === undefined ? [] : [join(CREDENTIALS_DIRECTORY, file)]),
  ];
}

/** The content of a file, read again when that has changed, and looked at once in each turn of the event loop. */
export function fileValue({ file }: FileSource): Value {
  const candidates = placesOf(file);
  let isFresh = false;
  let known: string | undefined;
  let value: string | undefined;
  const look = () => {
    for (const path of candidates) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) continue;
      const identity = `${path}:${stamp(found)}`;
      if (identity !== known) {
        value = usable(readFileSync(path, "utf8"));
        // Written again within the same tick of the file system's clock, it would have the same stamp.
        known = isSettled(found) ? identity : undefined;
      }
      return;
    }
    known = undefined;
    value = undefined;
  };
  return {
    now: () => {
      if (isFresh) return value;
      try {
        look();
      } catch {
        // It went, or is not ours to read any longer.
        known = undefined;
        value = undefined;
      }
      isFresh = true;
      setImmediate(() => {
        isFresh = false;
      });
      return value;
    },
  };
}

/** What a program prints, for as long as that is said to live; those who ask at the same time share one run. */
export function commandValue({ command, lifetimeSeconds }: CommandSource, run: RunCommand): Value {
  let value: string | undefined;
  let until = 0;
  let running: Promise<string | undefined> | undefined;
  const renew = async () => {
    try {
      value = usable(await run(command));
    } catch {
      value = undefined;
    }
    until = performance.now() + lifetimeSeconds * 1000;
    // A program that failed is asked again soon.
    if (value === undefined) until = performance.now() + 1000;
    running = undefined;
    return value;
  };
  return {
    now: () => {
      if (performance.now() < until) return value;
      running ??= renew();
      return running;
    },
  };
}
