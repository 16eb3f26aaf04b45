import { readFile } from "node:fs/promises";
import type { Host } from "../host.ts";
import { checkRuns, recordOf } from "../names.ts";
import type { Places } from "../places.ts";
import { stopIfAborted } from "../problems.ts";
import type { SandboxRecord } from "../records.ts";
import type { Interruptible } from "../work.ts";
import { checkBridge, checkMemory, checkRoot } from "./bridged.ts";
import { checkClosure } from "./closure.ts";
import { withoutCoreDump } from "./core-dump.ts";
import {
  checkCommandLines,
  checkFiles,
  checkLoginShell,
  checkManager,
  checkSetEnvironment,
} from "./environment.ts";
import type { Finding } from "./finding.ts";
import { checkMount } from "./mount.ts";
import { checkWrappers } from "./wrappers.ts";

/** The values of a sandbox's secrets, for as long as it takes to look for them. */
export interface Values {
  /** The name of a secret whose value stands in some bytes. */
  readonly findIn: (bytes: Buffer) => string | undefined;
  /** The length of the longest. */
  readonly longest: number;
}

export interface Subject {
  readonly record: SandboxRecord;
  readonly places: Places;
  readonly values: Values;
}

const CHECKS: readonly ((subject: Subject) => Promise<Finding | readonly Finding[]>)[] = [
  checkFiles,
  checkMount,
  checkLoginShell,
  checkManager,
  checkSetEnvironment,
  checkCommandLines,
  checkWrappers,
  checkClosure,
  checkMemory,
  checkRoot,
  checkBridge,
];

/** Looks whether what is promised of a sandbox holds. */
export async function verify(
  host: Host,
  name: string,
  { signal }: Interruptible = {},
): Promise<readonly Finding[]> {
  const record = await recordOf(host, name);
  await host.checkTools(["nix-store"]);
  await checkRuns(host, record);
  const places = await host.placesOf(name);
  return withoutCoreDump(async () => {
    const { values, forget } = await readValues(record, places);
    try {
      const findings: Finding[] = [];
      for (const check of CHECKS) {
        stopIfAborted(signal, "verify");
        findings.push(...[await check({ record, places, values })].flat());
      }
      return findings;
    } finally {
      forget();
    }
  });
}

/** A wrapper takes a value without line breaks at its end, and so may a leak. */
async function readValues(
  { secrets, bridge }: SandboxRecord,
  places: Places,
): Promise<{ values: Values; forget: () => void }> {
  const files = [
    ...secrets.map(({ name }) => ({ name, file: `${places.secrets}/${name}` })),
    ...(bridge?.sources ?? []),
  ];
  const read = files.map(async ({ name, file }) => {
    const whole = await readFile(file).catch(() => Buffer.alloc(0));
    return { name, whole, value: whole.subarray(0, endOf(whole)) };
  });
  const all = (await Promise.all(read)).filter(({ value }) => value.length > 0);
  return {
    values: {
      findIn: (bytes) => all.find(({ value }) => bytes.includes(value))?.name,
      longest: Math.max(0, ...all.map(({ value }) => value.length)),
    },
    forget: () => {
      for (const { whole } of all) whole.fill(0);
    },
  };
}

function endOf(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return end;
}
