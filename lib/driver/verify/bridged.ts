import { type FileHandle, open, readFile } from "node:fs/promises";
import { show } from "../../schema/show.ts";
import { leaderOf } from "../leader.ts";
import { namespaceOf, pidsIn } from "../processes.ts";
import { type Finding, findingOf } from "./finding.ts";
import { seeInside } from "./inside.ts";
import { filesThere, type Searched, search, searchBuffer, searchChunks } from "./search.ts";
import type { Subject, Values } from "./verify.ts";

// What is promised of a sandbox that uses the bridge: there the keys are nowhere at all.

/** The environment, and every page that a process of the sandbox has mapped. */
export async function checkMemory({ record, values }: Subject): Promise<Finding[]> {
  if (record.bridge === undefined) return [];
  const { holds, broken } = findingOf(
    "memory",
    "no key is in the memory of the sandbox's processes",
  );
  const pids = await processesOf(record.name);
  if (pids.length === 0) return [broken("it has no processes")];
  const buffer = searchBuffer(values);
  let bytes = 0;
  try {
    for (const pid of pids) {
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
      const named = values.findIn(environment);
      if (named !== undefined)
        return [broken(`process ${pid} has the secret ${show(named)} in its environment`)];
      const found = await searchMemory(pid, values, buffer);
      bytes += found.bytes;
      if (found.secret !== undefined)
        return [broken(`process ${pid} has the secret ${show(found.secret)}`)];
    }
  } finally {
    buffer.fill(0);
  }
  return [holds(`${pids.length} processes, ${Math.round(bytes / 1e6)} MB`)];
}

async function processesOf(name: string): Promise<readonly number[]> {
  const leader = await leaderOf(name);
  const inside = leader === undefined ? undefined : await namespaceOf(leader);
  return inside === undefined ? [] : pidsIn(inside);
}

async function searchMemory(pid: number, values: Values, buffer: Buffer): Promise<Searched> {
  const maps = await readFile(`/proc/${pid}/maps`, "utf8").catch(() => "");
  // It may have ended.
  const memory = await open(`/proc/${pid}/mem`).catch(() => undefined);
  if (memory === undefined) return { secret: undefined, bytes: 0 };
  let bytes = 0;
  try {
    for (const [, from = "", to = ""] of maps.matchAll(/^([\da-f]+)-([\da-f]+) r/gm)) {
      const found = await searchChunks(pagesOf(memory, buffer, from, to), values, buffer);
      bytes += found.bytes;
      if (found.secret !== undefined) return { secret: found.secret, bytes };
    }
    return { secret: undefined, bytes };
  } finally {
    await memory.close();
  }
}

/** Reads memory from one address to another, which are hexadecimal. */
function pagesOf(memory: FileHandle, buffer: Buffer, from: string, to: string) {
  const end = Number.parseInt(to, 16);
  let next = Number.parseInt(from, 16);
  return async (at: number, length: number) => {
    const wanted = Math.min(length, end - next);
    // Pages of devices cannot be read, nor those above what a file's offset can say.
    const { bytesRead } = await memory
      .read(buffer, at, wanted, next)
      .catch(() => ({ bytesRead: 0 }));
    next += bytesRead;
    return bytesRead;
  };
}

/** Below these are no files of the sandbox's own; the store is looked at by itself. */
const ELSEWHERE = ["proc", "sys", "dev", "nix"];

export async function checkRoot({ record, values }: Subject): Promise<Finding[]> {
  if (record.bridge === undefined) return [];
  const { holds, broken } = findingOf("root", "no key is in the sandbox's files");
  const leader = await leaderOf(record.name);
  if (leader === undefined) return [broken("it has no processes")];
  const root = `/proc/${leader}/root`;
  const buffer = searchBuffer(values);
  let files = 0;
  try {
    for await (const file of filesThere(`${root}/.`, ELSEWHERE)) {
      const found = await search(file, values, buffer).catch(() => undefined);
      files++;
      if (found?.secret !== undefined)
        return [broken(`${file.slice(root.length)} holds the secret ${show(found.secret)}`)];
    }
  } finally {
    buffer.fill(0);
  }
  return [holds(`${files} files`)];
}

const ASK =
  'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1; printf "GET / HTTP/1.1\\r\\nHost: bridge\\r\\nConnection: close\\r\\n\\r\\n" >&3; while read -r line <&3; do echo "$line"; done';

/** A request for no credential is refused by the bridge itself. */
export async function checkBridge({ record }: Subject): Promise<Finding[]> {
  if (record.bridge === undefined) return [];
  const { holds, broken } = findingOf("bridge", "the bridge answers in the sandbox");
  const { port } = record.bridge;
  const { output } = await seeInside(record, ["bash", "-c", ASK, "bash", String(port)]);
  return /^x-forage-bridge: /im.test(output.toString("latin1"))
    ? [
        holds(
          `at 127.0.0.1:${port}, with ${record.bridge.grant.credentials.join(", ") || "no credentials"}`,
        ),
      ]
    : [broken(`nothing of it comes from 127.0.0.1:${port}`)];
}
