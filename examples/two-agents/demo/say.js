import { styleText } from "node:util";

const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

export function say(line) {
  console.log(line);
}

/** Says what the lines below are about. */
export function sayTitle(title, rest) {
  say(`${styled("bold", title)} ${styled("dim", rest)}`);
}

/** Says what holds; or that it does not, which makes the demo fail. */
export function sayCheck(holds, what) {
  if (!holds) process.exitCode = 1;
  say(`  ${holds ? styled("green", "✓") : styled("red", "✗ NOT SO:")} ${what}`);
}

/** One wrapper of a rendered file. */
export function sayWrapper(text, name) {
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => line.trimStart().startsWith(`${name} = `));
  const end = lines.findIndex((line, index) => index > begin && line.trim() === "'';");
  for (const line of lines.slice(begin, end + 1)) say(styled("cyan", line));
}

/** A text whose long paths take less room. */
export function shorten(text, directory) {
  return text.replaceAll(directory, "…").replace(/\/([0-9a-z]{6})[0-9a-z]{26}-/g, "/$1…-");
}

function styled(format, text) {
  return isColoured ? styleText(format, text) : text;
}
