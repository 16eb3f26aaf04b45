import { InvalidArgumentError, Option } from "commander";

/** The option that says how many of the last lines are printed. */
export function linesOption(description: string): Option {
  return new Option("-n, --lines <number>", description).argParser(wholeNumber);
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number.");
}
