import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { bridgeSetup } from "../../emit/bridge-setup.ts";
import { ForageError } from "../../error.ts";
import { parseJson } from "../../files/json.ts";
import { reason } from "../../files/reason.ts";
import type { BridgeSetup } from "../../schema/bridge-setup.ts";
import { isRecord } from "../../schema/parts.ts";
import { openConfig } from "../project.ts";
import type { Terminal } from "../terminal.ts";

export interface SetupOptions {
  readonly config?: string;
  readonly setup?: string;
}

/**
 * What a bridge is told: by the file that `--setup` names, or by a configuration.
 *
 * @throws ForageError `config-file` or `definition`
 */
export async function openSetup(options: SetupOptions, terminal: Terminal): Promise<BridgeSetup> {
  if (options.setup !== undefined) return readSetup(resolve(terminal.directory, options.setup));
  const { config, file } = await openConfig(options, terminal);
  return bridgeSetup(config, { directory: dirname(file) });
}

/** A configuration has been checked by whoever wrote this file: here it only has to be one of ours. */
async function readSetup(file: string): Promise<BridgeSetup> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw wrong(`${file} cannot be read: ${reason(error)}`, error);
  }
  const value = parseJson(text, file);
  if (isRecord(value) && value["version"] === 1) return value as unknown as BridgeSetup;
  throw wrong(`${file} is no setup of this version of the bridge`);
}

function wrong(message: string, cause?: unknown): ForageError {
  const hint = "let the bridge's NixOS module write it, or name a configuration with --config";
  return new ForageError("config-file", [{ path: [], message, hint }], { cause });
}
