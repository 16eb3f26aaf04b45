import { spread } from "./rounds.js";

/** `4.21 (4.10–4.33)`: the median, and the middle half. */
export function figure(values, digits = 2) {
  const { median, low, high } = spread(values);
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** A title, and rows of text in columns. */
export function table(title, heading, rows) {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(line(widths.map((width) => "-".repeat(width))).length);
  return [title, line(heading), rule, ...rows.map(line)].join("\n");
}
