import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A file that was put aside. */
export interface Aside {
  readonly file: string;
  /** When, in ISO 8601. */
  readonly time: string;
  readonly firstSeq: number;
}

const NAME = "[A-Za-z0-9_-]+";
const CURRENT = new RegExp(`^(${NAME})\\.(?:jsonl|head)$`);
const ASIDE = new RegExp(
  `^(${NAME})\\.(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)(\\d{3})Z-(\\d+)\\.jsonl$`,
);

export function currentFile(directory: string, name: string): string {
  return join(directory, `${name}.jsonl`);
}

/** Says how far the log goes, so that a last line that is missing is missed. */
export function headFile(directory: string, name: string): string {
  return join(directory, `${name}.head`);
}

export function asideFile(directory: string, name: string, time: Date, firstSeq: number): string {
  const digits = time.toISOString().replaceAll(/[-:.]/g, "");
  return join(directory, `${name}.${digits}-${firstSeq}.jsonl`);
}

/** The names of the logs in a directory, in order. */
export async function logNames(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  const found = files.map((file) => (CURRENT.exec(file) ?? ASIDE.exec(file))?.[1]);
  return [...new Set(found)].filter((name) => name !== undefined).sort();
}

/** The files of a log that were put aside, the oldest first. */
export async function asideFiles(directory: string, name: string): Promise<Aside[]> {
  const files = await readdir(directory);
  return files
    .map((file) => aside(directory, name, file))
    .filter((found) => found !== undefined)
    .sort((a, b) => a.firstSeq - b.firstSeq || (a.time < b.time ? -1 : 1));
}

function aside(directory: string, name: string, file: string): Aside | undefined {
  const [, of, year, month, day, hour, minute, second, ms, firstSeq] = ASIDE.exec(file) ?? [];
  if (of !== name) return undefined;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
  return { file: join(directory, file), time, firstSeq: Number(firstSeq) };
}
