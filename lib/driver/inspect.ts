import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { isSandboxName } from "../schema/host-names.ts";
import { SECRETS_ROOT } from "../schema/paths.ts";
import { nixosContainer } from "./environment.ts";
import {
  CONF_MARK,
  CONF_ROOTS,
  DROP_IN,
  INDIRECT_GC_ROOTS,
  LOCK_ROOT,
  rootsOf,
  SNAPSHOTS,
  STATE_ROOT,
  UNIT_ROOT,
} from "./places.ts";
import { runProgram } from "./process.ts";
import { ASK_LIMIT_MS } from "./time-limits.ts";

const LOG_LINES = 15;

/** Where nixos-container has its configurations on this machine: it makes the directory when it is first asked. */
export async function findConfRoot(): Promise<string> {
  const [current, old] = CONF_ROOTS;
  if (await isThere(current)) return current;
  await runProgram([nixosContainer(), "list"], { timeLimitMs: ASK_LIMIT_MS });
  return (await isThere(current)) ? current : old;
}

export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The last lines in the journal of a unit. */
export async function lastLog(unit: string): Promise<string> {
  const argv = [
    "journalctl",
    `--unit=${unit}`,
    `--lines=${LOG_LINES}`,
    "--no-pager",
    "--output=cat",
    "--quiet",
  ];
  const { stdout } = await runProgram(argv, { timeLimitMs: ASK_LIMIT_MS });
  return stdout;
}

/** What a root directory's copies and their locks are called that systemd-nspawn has left behind. */
export async function snapshotsOf(name: string, roots: string): Promise<string[]> {
  const entries = await readdir(roots).catch(() => []);
  const isIts = (entry: string) =>
    entry === `.#${name}.lck` || SNAPSHOTS.some((pattern) => pattern.exec(entry)?.[1] === name);
  return entries.filter(isIts).map((entry) => `${roots}/${entry}`);
}

/** Nix's own links to a link elsewhere. */
export async function indirectRootsOf(link: string): Promise<string[]> {
  const names = await readdir(INDIRECT_GC_ROOTS).catch(() => []);
  const paths = names.map((name) => `${INDIRECT_GC_ROOTS}/${name}`);
  const targets = await Promise.all(paths.map((path) => readlink(path).catch(() => "")));
  return paths.filter((_, index) => targets[index] === link);
}

/** Something of a sandbox on the machine. */
export interface Trace {
  readonly path: string;
  /** Whether a driver made it for sure; a host's module makes secrets' directories too. */
  readonly isOurs: boolean;
}

/** What of sandboxes is on the machine, by the sandboxes' names, whether a record knows of it or not. */
export async function findTraces(confRoot: string): Promise<Map<string, Trace[]>> {
  const roots = rootsOf(confRoot);
  const all = await Promise.all([
    tracesIn(STATE_ROOT, /^(.+)$/, true),
    tracesIn(SECRETS_ROOT, /^(.+)$/, false),
    tracesIn(LOCK_ROOT, /^(.+)\.lock$/, false),
    ...SNAPSHOTS.map((pattern) => tracesIn(roots, pattern, false)),
    tracesIn(confRoot, /^(.+)\.conf$/, true, hasMark),
    tracesIn(UNIT_ROOT, /^container@(.+)\.service\.d$/, true, (path) =>
      isThere(`${path}/${DROP_IN}`),
    ),
  ]);
  const byName = new Map<string, Trace[]>();
  for (const { name, ...trace } of all.flat())
    byName.set(name, [...(byName.get(name) ?? []), trace]);
  return byName;
}

async function tracesIn(
  directory: string,
  pattern: RegExp,
  isOurs: boolean,
  test: (path: string) => Promise<boolean> = async () => true,
): Promise<(Trace & { readonly name: string })[]> {
  const entries = await readdir(directory).catch(() => []);
  const found = entries.map(async (entry) => {
    const name = pattern.exec(entry)?.[1];
    const path = `${directory}/${entry}`;
    // What has another name is somebody else's.
    const isSandbox = name !== undefined && isSandboxName(name);
    return isSandbox && (await test(path)) ? [{ name, path, isOurs }] : [];
  });
  return (await Promise.all(found)).flat();
}

async function hasMark(conf: string): Promise<boolean> {
  const text = await readFile(conf, "utf8").catch(() => "");
  return text.split("\n").includes(CONF_MARK);
}
