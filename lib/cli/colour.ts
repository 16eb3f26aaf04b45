import { styleText } from "node:util";

/** Whether a stream is to be written to in colour, by the conventions of NO_COLOR and FORCE_COLOR. */
export function hasColours(
  { isTTY = false }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR = "", FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTTY && TERM !== "dumb";
}

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<string, Style>> = { "@": "cyan", "-": "red", "+": "green" };
/** `---` and `+++`, which a line of the text itself may look like. */
const HEADER_LINES = 2;

/** A unified diff in the colours of Git. */
export function paintDiff(diff: string): string {
  return diff
    .split("\n")
    .map((line, index) => {
      const style = index < HEADER_LINES ? "bold" : STYLES[line.charAt(0)];
      return style === undefined || line === "" ? line : paint(style, line);
    })
    .join("\n");
}

/** Whether there are colours was decided before, and not by what the process writes to. */
function paint(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false });
}
