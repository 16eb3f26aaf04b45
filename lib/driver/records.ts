import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, reason, wayOut } from "../files/reason.ts";
import { replaceFile } from "../files/replace.ts";
import type { Grant } from "../schema/bridge-setup.ts";
import type { AgentSecret, Network } from "../schema/types.ts";
import { placesOf, STATE_ROOT } from "./places.ts";
import { problem } from "./problems.ts";

export const VERSION = 1;

/** What is known of a sandbox. It tells what may be on the host, and holds no secret. */
export interface SandboxRecord {
  readonly version: typeof VERSION;
  readonly name: string;
  readonly template: string;
  /**
   * What is being done, or was when it was cut off; `up` when the sandbox is complete; `unreadable` when another version of
   * forage, or somebody else, wrote the record.
   */
  readonly state: "starting" | "up" | "resetting" | "stopping" | "unreadable";
  /** The step that comes next, or was cut off. */
  readonly step?: string | undefined;
  /** When it was made or made anew, in ISO 8601. */
  readonly since: string;
  readonly agents: readonly {
    readonly name: string;
    /** The variables that its wrapper exports, each with the secret whose value it holds. */
    readonly secrets: readonly AgentSecret[];
  }[];
  readonly user: { readonly name: string; readonly uid: number };
  readonly secrets: readonly { readonly name: string /** On the host. */; readonly file: string }[];
  readonly secretsMountPoint: string;
  /** How it uses the bridge, where its template says so. */
  readonly bridge?: SandboxBridge | undefined;
  readonly workspace?: string | undefined;
  readonly workspaceMountPoint: string;
  /** What else of the host it has. */
  readonly hostPaths: readonly string[];
  readonly network: Network;
  /** What is added to the container's configuration. */
  readonly conf: string;
  /** Arguments of `nixos-container create` beside the name and the system. */
  readonly createArguments: readonly string[];
}

export interface SandboxBridge {
  readonly grant: Grant;
  /** Where its agents find it. */
  readonly port: number;
  /** The host's files whose content the sandbox is never to have, by the credentials' names. */
  readonly sources: readonly { readonly name: string; readonly file: string }[];
}

export interface Records {
  /** Nothing when there is no such sandbox. */
  readonly read: (name: string) => Promise<SandboxRecord | undefined>;
  /** In one step: after a crash there is the old one or the new one. */
  readonly write: (record: SandboxRecord) => Promise<void>;
  /** The names of all sandboxes, in the order of their characters. */
  readonly names: () => Promise<readonly string[]>;
}

/** The records on the disk. */
export const recordsOnDisk: Records = {
  read: async (name) => {
    const file = placesOf(name).record;
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
      throw problem("host", `${file} cannot be read: ${reason(error)}`, wayOut(error), error);
    }
    return parse(text) ?? unreadable(name);
  },
  write: async (record) => {
    const file = placesOf(record.name).record;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o755 });
      await replaceFile(file, `${JSON.stringify(record, null, 2)}\n`, 0o644);
    } catch (error) {
      // Where there was no record, there is to be no directory for one.
      await rmdir(dirname(file)).catch(() => undefined);
      throw problem("host", `${file} cannot be written: ${reason(error)}`, wayOut(error), error);
    }
  },
  names: async () => {
    const entries = await readdir(STATE_ROOT, { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  },
};

/** What we write whole is not checked member by member: only another version of ours writes anything else. */
function parse(text: string): SandboxRecord | undefined {
  try {
    const value = JSON.parse(text) as SandboxRecord | null;
    return value?.version === VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What stands for a record that another version wrote, or somebody edited: enough to remove the sandbox. */
function unreadable(name: string): SandboxRecord {
  return {
    version: VERSION,
    name,
    template: "",
    state: "unreadable",
    since: "",
    agents: [],
    user: { name: "", uid: 0 },
    secrets: [],
    secretsMountPoint: "",
    workspaceMountPoint: "",
    hostPaths: [],
    network: "none",
    conf: "",
    createArguments: [],
  };
}
