import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { ForageError } from "../error.ts";
import { replaceFile } from "../files/replace.ts";
import type { BridgeSetup, Grant } from "../schema/bridge-setup.ts";
import { isSandboxName } from "../schema/host-names.ts";
import { isRecord } from "../schema/parts.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";

/** What was registered while a bridge ran, on the disk, so that the next one knows it too. */
export interface Registry {
  readonly read: () => ReadonlyMap<string, Grant>;
  readonly write: (name: string, grant: Grant) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
}

const SUFFIX = ".json";

export function registryIn(directory: string): Registry {
  const fileOf = (name: string) => `${directory}/${name}${SUFFIX}`;
  return {
    read: () => new Map(names(directory).flatMap((name) => grantIn(fileOf(name), name))),
    write: async (name, grant) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await replaceFile(fileOf(name), `${JSON.stringify(grant)}\n`, 0o600);
    },
    remove: (name) => rm(fileOf(name), { force: true }),
  };
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length))
      .filter(isSandboxName);
  } catch {
    return [];
  }
}

function grantIn(file: string, name: string): [string, Grant][] {
  try {
    const grant = JSON.parse(readFileSync(file, "utf8")) as Grant;
    return isRecord(grant) && Array.isArray(grant.credentials) ? [[name, grant]] : [];
  } catch {
    return [];
  }
}

/** @throws ForageError `sandbox` when a bridge has no such credential, or what is given is no grant */
export function checkGrant({ credentials }: BridgeSetup, grant: unknown): Grant {
  const wanted = isRecord(grant) ? grant["credentials"] : undefined;
  if (!isRecord(grant) || !Array.isArray(wanted))
    throw new ForageError("sandbox", [
      { path: [], message: "a sandbox's grant has a list of credentials" },
    ]);
  const known = Object.keys(credentials);
  const unknown = wanted.filter((name) => typeof name !== "string" || !known.includes(name));
  if (unknown.length > 0)
    throw new ForageError(
      "sandbox",
      unknown.map((name: unknown) => ({
        path: ["bridge", "credentials"],
        message: `the bridge that runs on this host has no credential ${show(name)}`,
        hint: suggest(
          String(name),
          known,
          "give the bridge the configuration that has it, and restart it",
        ),
      })),
    );
  const { policy, limits } = grant;
  return {
    credentials: wanted as string[],
    policy: (isRecord(policy) ? policy : {}) as Grant["policy"],
    limits: (isRecord(limits) ? limits : undefined) as Grant["limits"],
  };
}
