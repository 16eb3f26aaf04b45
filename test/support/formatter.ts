import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { chunks } from "./seed.ts";

/** What a formatter says about a text. */
type Verdict =
  | { readonly kind: "same" }
  | { readonly kind: "diff"; readonly formatted: string }
  | { readonly kind: "fail"; readonly error: string };

/** Asks about many texts at once; the verdicts come in their order. */
export type Formatter = (texts: readonly string[]) => Promise<Verdict[]>;

async function writeAll(directory: string, texts: readonly string[]): Promise<string[]> {
  const paths = texts.map((_, index) => join(directory, `${index}.nix`));
  await Promise.all(paths.map((path, index) => writeFile(path, texts[index] ?? "")));
  return paths;
}

/**
 * A program that reads paths on stdin and says for each, on a line, `same PATH`, `diff PATH` (with the formatted text in
 * PATH.fmt) or `fail PATH: error`.
 */
export function batchFormatter(program: string, directory: string): Formatter {
  return async (texts) => {
    const paths = await writeAll(directory, texts);
    const { stdout } = await execa(program, { input: paths.join("\n"), maxBuffer: 2 ** 30 });
    const lines = new Map<string, string>();
    for (const line of stdout.split("\n")) {
      const match = /^(?:same|diff|fail) (.*?\/\d+\.nix)(?::|$)/.exec(line);
      if (match?.[1] !== undefined) lines.set(match[1], line);
    }
    return Promise.all(
      paths.map(async (path): Promise<Verdict> => {
        const line = lines.get(path) ?? `fail ${path}: no answer`;
        if (line.startsWith("same ")) return { kind: "same" };
        if (line.startsWith("fail ")) return { kind: "fail", error: line };
        return { kind: "diff", formatted: await readFile(`${path}.fmt`, "utf8") };
      }),
    );
  };
}

/** A program that reads a text on stdin and writes it formatted, as nixfmt does: one process for each text. */
export function singleFormatter(program: string): Formatter {
  const verdict = async (text: string): Promise<Verdict> => {
    const { failed, stdout, stderr } = await execa(program, ["-"], {
      input: text,
      reject: false,
      stripFinalNewline: false,
    });
    if (failed) return { kind: "fail", error: stderr };
    return stdout === text ? { kind: "same" } : { kind: "diff", formatted: stdout };
  };
  return async (texts) => {
    const verdicts: Verdict[] = [];
    for (const some of chunks(texts, 8)) verdicts.push(...(await Promise.all(some.map(verdict))));
    return verdicts;
  };
}
