import { withoutKeys } from "../schema/keys.ts";
import { quoteWord } from "../shell/quote.ts";

/** The options of a `forage render` that a message tells people to type. */
interface RenderLine {
  readonly config?: string | undefined;
  readonly out?: string | undefined;
  readonly prune?: boolean;
  readonly force?: boolean;
  readonly only?: readonly string[] | undefined;
}

/** That command, as a shell takes it. */
export function commandLine({ config, out, prune, force, only }: RenderLine): string {
  const words = [
    "forage",
    "render",
    ...(config === undefined ? [] : ["--config", config]),
    ...(out === undefined ? [] : ["--out", out]),
    ...(prune === true ? ["--prune"] : []),
    ...(force === true ? ["--force"] : []),
    // Last: it takes every word after it.
    ...(only === undefined ? [] : ["--only", ...only]),
  ];
  return withoutKeys(words.map(quoteWord).join(" "));
}

/** What is said when there is nothing to do. */
export function upToDate(count: number): string {
  return `forage: ${count === 1 ? "1 file is" : `${count} files are`} up to date\n`;
}
