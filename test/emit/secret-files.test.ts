import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, expect, it } from "vitest";
import { defineTemplate, type OnMissingSecret, pkgs } from "../../lib/index.ts";
import { useNix } from "../support/nix.ts";
import { runWrapper } from "../support/run-wrapper.ts";
import { needs } from "../support/tools.ts";
import { type BuiltWrappers, buildWrappers, mountPoint } from "../support/wrapper.ts";

const KEY = "key-of-the-secret-file-tests";
const VARIABLE = "API_KEY";
/** Linux' limit for `NAME=value` and its final NUL. */
const LONGEST = 128 * 1024 - `${VARIABLE}=`.length - 1;

/** A secret file, and what the agent gets from it, or why it gets nothing. */
interface Case {
  readonly what: string;
  readonly make: (file: string) => Promise<unknown>;
  readonly value?: string;
  readonly problem?: string;
  /** What differs for an agent whose secrets may have several lines. */
  readonly multiline?: string;
}

const content =
  (bytes: string | Uint8Array) =>
  (file: string): Promise<void> =>
    writeFile(file, bytes);

async function unreadable(file: string): Promise<void> {
  await writeFile(file, KEY);
  await chmod(file, 0);
}

const MISSING = "is missing (outside a sandbox?)";
const LINE_BREAK = "has a line break inside";

const CASES: readonly Case[] = [
  { what: "with a key", make: content(KEY), value: KEY },
  { what: "with a final newline", make: content(`${KEY}\n`), value: KEY },
  { what: "with many final newlines", make: content(`${KEY}${"\n".repeat(99)}`), value: KEY },
  { what: "with a final CRLF", make: content(`${KEY}\r\n`), value: KEY },
  {
    what: "with what shells expand",
    make: content("$(id) `id` ${X} * ~ \\n 'a' \"b\"\n"),
    value: "$(id) `id` ${X} * ~ \\n 'a' \"b\"",
  },
  { what: "with spaces around", make: content("  -n a\t \n"), value: "  -n a\t " },
  { what: "of Unicode", make: content("schlüssel-🔑\n"), value: "schlüssel-🔑" },
  {
    what: "of bytes that are no UTF-8",
    make: content(Uint8Array.of(0x61, 0xff, 0x0a)),
    value: "a\ufffd",
  },
  {
    what: "with several lines",
    make: content("one\ntwo\n"),
    problem: LINE_BREAK,
    multiline: "one\ntwo",
  },
  {
    what: "with CRLF lines",
    make: content("one\r\ntwo\r\n"),
    problem: LINE_BREAK,
    multiline: "one\r\ntwo",
  },
  {
    what: "with a CR inside",
    make: content("one\rtwo"),
    problem: LINE_BREAK,
    multiline: "one\rtwo",
  },
  {
    what: "with a first empty line",
    make: content(`\n${KEY}`),
    problem: LINE_BREAK,
    multiline: `\n${KEY}`,
  },
  { what: "with nothing", make: content(""), problem: "is empty" },
  { what: "with a newline alone", make: content("\n"), problem: "is empty" },
  { what: "with newlines alone", make: content("\n\n\n"), problem: "is empty" },
  { what: "with a CRLF alone", make: content("\r\n"), problem: "is empty" },
  { what: "with white space alone", make: content(" \t \n"), problem: "is empty" },
  { what: "with a NUL inside", make: content("a\0b\n"), problem: "holds a NUL byte" },
  { what: "with a final NUL", make: content(`${KEY}\0`), problem: "holds a NUL byte" },
  { what: "of the longest length", make: content("x".repeat(LONGEST)), value: "x".repeat(LONGEST) },
  {
    what: "one byte longer",
    make: content("x".repeat(LONGEST + 1)),
    problem: "is too long for a variable",
  },
  {
    what: "too long in bytes alone",
    make: content("é".repeat(LONGEST / 2 + 1)),
    problem: "is too long for a variable",
  },
  { what: "of 1 MB", make: content(`${"x".repeat(1e6)}\n`), problem: "is too long for a variable" },
  { what: "that is not there", make: async () => {}, problem: MISSING },
  { what: "that is a dangling link", make: (file) => symlink("nowhere", file), problem: MISSING },
  { what: "that is a link to itself", make: (file) => symlink("key", file), problem: MISSING },
  { what: "that may not be read", make: unreadable, problem: "cannot be read" },
  { what: "that is a directory", make: (file) => mkdir(file), problem: "is not a file" },
  { what: "that is a FIFO", make: (file) => execa("mkfifo", [file]), problem: "is not a file" },
  {
    what: "that is a device",
    make: (file) => symlink("/dev/zero", file),
    problem: "is not a file",
  },
];

/** Root may read everything, so the tests are somebody else. */
const AS_NOBODY =
  process.getuid?.() === 0
    ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    : [];

const MODES: readonly OnMissingSecret[] = ["warn", "ignore", "fail"];

needs("nix-build", ...AS_NOBODY.slice(0, 1))("a wrapper and a secret file", () => {
  const nix = useNix();
  let built: BuiltWrappers;
  let file: string;

  beforeAll(async () => {
    const secretsMountPoint = await mountPoint(nix());
    file = join(secretsMountPoint, "key");
    const agents = MODES.flatMap((onMissingSecret) =>
      [false, true].map((multiline) => [
        `${onMissingSecret}-${multiline ? "lines" : "line"}`,
        {
          package: pkgs("aider-chat"),
          secretName: "key",
          authEnvVar: VARIABLE,
          onMissingSecret,
          multiline,
        },
      ]),
    );
    built = await buildWrappers(
      nix(),
      defineTemplate({ secretsMountPoint, agents: Object.fromEntries(agents) }),
    );
  });

  afterEach(() => rm(file, { recursive: true, force: true }));

  async function start(name: string) {
    // In a locale where letters are not bytes.
    const options = { env: { LC_ALL: "C.UTF-8" }, through: AS_NOBODY };
    const run = await runWrapper(built.script(name), ["an argument"], options);
    expect(run.stderr).not.toContain(KEY);
    if (run.agent !== undefined) expect(run.agent.args).toEqual(["an argument"]);
    return {
      status: run.status,
      stderr: run.stderr,
      started: run.agent !== undefined,
      value: run.agent?.env[VARIABLE],
    };
  }

  /** What a run has to come to. */
  function outcome(name: string, mode: OnMissingSecret, { value, problem }: Case) {
    if (problem === undefined) return { status: 0, stderr: "", started: true, value };
    const line = (rest: string) => `${name}: ${file} ${problem}: ${rest}\n`;
    return {
      warn: { status: 0, stderr: line("starting without it"), started: true, value: undefined },
      ignore: { status: 0, stderr: "", started: true, value: undefined },
      fail: { status: 78, stderr: line("not started"), started: false, value: undefined },
    }[mode];
  }

  it.each(CASES)("$what", async (given) => {
    await given.make(file);
    await Promise.all(
      MODES.flatMap((mode) =>
        [false, true].map(async (multiline) => {
          const name = `${mode}-${multiline ? "lines" : "line"}`;
          const inLines = multiline && given.multiline !== undefined;
          const expected = inLines
            ? { what: given.what, make: given.make, value: given.multiline }
            : given;
          expect(await start(name), name).toEqual(outcome(name, mode, expected));
        }),
      ),
    );
  });

  it("gives an agent all of its secrets, under any names, or says which are missing", async () => {
    const secretsMountPoint = dirname(file);
    const odd = 'it\'s "$(id)" * \\ -ü';
    const secrets = { value: odd, problem: "key", _1: "-none" };
    const agents = { all: { package: pkgs("aider-chat"), secrets } };
    const several = await buildWrappers(nix(), defineTemplate({ secretsMountPoint, agents }));
    await Promise.all(
      Object.entries({ [odd]: "first", key: KEY }).map(([name, text]) =>
        writeFile(join(secretsMountPoint, name), text),
      ),
    );
    const { agent, stderr } = await runWrapper(several.script("all"));
    expect(agent?.env).toMatchObject({ value: "first", problem: KEY });
    expect(agent?.env).not.toHaveProperty("_1");
    expect(stderr).toBe(`all: ${secretsMountPoint}/-none ${MISSING}: starting without it\n`);
  });
});
