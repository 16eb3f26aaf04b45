import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { inspect } from "node:util";
import type { Jiti } from "jiti";
import { defineConfig } from "../define.ts";
import { type Diagnostic, ForageError, type ForageErrorCode } from "../error.ts";
import type { Config } from "../schema/config-types.ts";
import { keyKind, withoutKeys } from "../schema/keys.ts";
import { CONFIG_NAMES } from "./config-names.ts";
import { parseJson } from "./json.ts";
import { reason } from "./reason.ts";
import { thrownText } from "./thrown.ts";

/**
 * The configuration of a directory: its own, or that of the nearest directory above.
 *
 * @throws ForageError `config-file` when there is none
 */
export async function findConfig(directory: string): Promise<string> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    for (const name of CONFIG_NAMES) if (await isFile(join(at, name))) return join(at, name);
    if (at === dirname(at)) break;
  }
  throw wrong(
    `no configuration in ${directory} or above: ${CONFIG_NAMES.join(", ")}`,
    "write one with `forage init`, or name yours with --config",
  );
}

/** Loads the modules that a configuration can import wherever it lies, by their names. */
export type LoadKnownModules = () => Promise<Readonly<Record<string, unknown>>>;

const noModules: LoadKnownModules = async () => ({});

/**
 * Reads a configuration file: JSON, or a module whose default export is a configuration or a promise of one.
 *
 * @param modules such as forage-nix itself, so that a configuration works where that is not installed
 * @throws ForageError `config-file` when the file cannot be read or evaluated; `definition` when what it says is wrong
 */
export async function loadConfig(
  file: string,
  modules: LoadKnownModules = noModules,
): Promise<Config> {
  const input =
    extname(file) === ".json"
      ? parseJson(await readText(file), basename(file))
      : await importDefault(file, modules);
  return defineConfig(input as Parameters<typeof defineConfig>[0]) as Config;
}

/**
 * All that a module exports.
 *
 * @throws ForageError `config-file` when it cannot be read or evaluated
 */
export async function loadModule(file: string, modules: LoadKnownModules): Promise<unknown> {
  await readText(file);
  try {
    return await (await importerOf(modules)).import(resolve(file));
  } catch (error) {
    throw evaluationError(file, error);
  }
}

async function importerOf(modules: LoadKnownModules): Promise<Jiti> {
  // A configuration in JSON does without, and is there in half the time.
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    moduleCache: false,
    virtualModules: { ...(await modules()) },
  });
}

async function importDefault(file: string, modules: LoadKnownModules): Promise<unknown> {
  // For a better message than an importer's when there is no such file.
  await readText(file);
  let loaded: unknown;
  try {
    const importer = await importerOf(modules);
    const module: { readonly default?: unknown } = await importer.import(resolve(file));
    loaded = await module.default;
  } catch (error) {
    throw evaluationError(file, error);
  }
  if (loaded !== undefined) return loaded;
  throw wrong(
    `${basename(file)} has no default export`,
    "write: export default defineConfig({ … })",
  );
}

function evaluationError(file: string, error: unknown): ForageError {
  const cause = keyless(error);
  // Not by `instanceof`: a configuration may have brought its own copy of forage-nix.
  const foreign = readForageError(error);
  if (foreign !== undefined)
    return new ForageError(foreign.code, foreign.diagnostics, cause === undefined ? {} : { cause });
  const [first = ""] = withoutKeys(thrownText(error)).split("\n");
  const message = `${basename(file)} cannot be evaluated: ${first || "it throws an error without a message"}`;
  if (/cannot find (?:module|package)/i.test(first))
    return wrong(message, "install it where the configuration lies", cause);
  const isShown = cause !== undefined;
  return wrong(
    message,
    isShown ? "--verbose shows where" : "throw an Error without a key in it, which says where",
    cause,
  );
}

/** The same error, unless it holds a live key: a parser's error quotes the source. */
function keyless(error: unknown): Error | undefined {
  try {
    const shown = inspect(error, { depth: 8, maxArrayLength: null, maxStringLength: null });
    return error instanceof Error && keyKind(shown) === undefined ? error : undefined;
  } catch {
    return undefined;
  }
}

interface AnyForageError {
  readonly code: ForageErrorCode;
  readonly diagnostics: readonly Diagnostic[];
}

function readForageError(error: unknown): AnyForageError | undefined {
  try {
    return isForageError(error) ? { code: error.code, diagnostics: error.diagnostics } : undefined;
  } catch {
    return undefined;
  }
}

function isForageError(error: unknown): error is AnyForageError {
  return (
    error instanceof Error &&
    error.name === "ForageError" &&
    "diagnostics" in error &&
    Array.isArray(error.diagnostics) &&
    error.diagnostics.every(
      (item: Partial<Diagnostic>) => Array.isArray(item.path) && typeof item.message === "string",
    )
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw wrong(
      `${file} cannot be read: ${reason(error)}`,
      "name a file that is there and readable",
      error,
    );
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function wrong(message: string, hint: string, cause?: unknown): ForageError {
  return new ForageError(
    "config-file",
    [{ path: [], message, hint }],
    cause === undefined ? {} : { cause },
  );
}
