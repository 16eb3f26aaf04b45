#!/usr/bin/env node
import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { isatty } from "node:tty";
import { reason } from "../files/reason.ts";
import { hasColours } from "./colour.ts";
import { EXIT_WRONG, report } from "./report.ts";
import { run } from "./run.ts";
import { strayError } from "./stray.ts";

const { stdout, stderr, env } = process;
const args = process.argv.slice(2);
const [write, written] = writer(stdout);
const [writeError, writtenErrors] = writer(stderr);

/** What writes to a stream, and what waits until that has happened. */
function writer(stream: NodeJS.WriteStream): [(text: string) => void, () => Promise<void>] {
  // Not looked up later: while a configuration is loaded another function is in its place.
  const send = stream.write.bind(stream);
  let last = Promise.resolve();
  const write = (text: string) => {
    last = new Promise((resolve) => {
      send(text, () => resolve());
    });
  };
  return [write, () => last];
}

stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader such as `head` that has seen enough is no failure.
  if (error.code === "EPIPE") return;
  process.exitCode = EXIT_WRONG;
  writeError(`forage: standard output cannot be written: ${reason(error)}\n`);
});
// There is nowhere left to say it.
stderr.on("error", () => {});

// Of what a configuration started and nobody waits for: everything else `run` catches.
process.on("uncaughtException", (error) => {
  const verbose = args.includes("--verbose");
  process.exitCode = report(strayError(error), { writeError }, { verbose });
});

// A configuration that ends the process would pass for one that is fine.
const onExit = () => {
  process.exitCode = EXIT_WRONG;
  writeSync(2, "forage: the configuration ended the process: it may not call process.exit()\n");
};
process.on("exit", onExit);

// Not awaited: Node would end a module that never finishes before the reason could be told.
void run(args, {
  directory: process.cwd(),
  write,
  writeError,
  isInteractive: isatty(0) && isatty(1),
  isColoured: hasColours(stdout, env),
  live: isatty(2) && env["TERM"] !== "dumb" && stderr.rows > 0 ? stderr : undefined,
}).then(async (status) => {
  process.off("exit", onExit);
  // What a configuration has left open, such as a connection, is nothing to wait for; but what is written is, and what has
  // failed already is told.
  await written();
  await setTimeout(1);
  await writtenErrors();
  // Unless something failed beside it, which is worse than what the command itself has to say.
  process.exitCode ||= status;
  process.exit();
});
