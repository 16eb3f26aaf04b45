#!/usr/bin/env node
import { isatty } from "node:tty";
import { reason } from "../files/reason.ts";
import { hasColours } from "./colour.ts";
import { strayError } from "./project.ts";
import { EXIT_WRONG, report } from "./report.ts";
import { run } from "./run.ts";

const { stdout, stderr, env } = process;
const writeError = (text: string) => void stderr.write(text);

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
  process.exitCode = report(strayError(error), { writeError }, { verbose: true });
});

// Not awaited: Node would end a module that never finishes before the reason could be told.
void run(process.argv.slice(2), {
  directory: process.cwd(),
  write: (text) => void stdout.write(text),
  writeError,
  isInteractive: isatty(0) && isatty(1),
  isColoured: hasColours(stdout, env),
}).then((status) => {
  // Unless the output failed, which is worse than what the command itself has to say.
  process.exitCode ||= status;
});
