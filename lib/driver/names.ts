import type { ForageError } from "../error.ts";
import { sandboxName } from "../schema/host-names.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import { brokenBy } from "../schema/text-rule.ts";
import type { Host } from "./host.ts";
import { placesOf } from "./places.ts";
import { problem } from "./problems.ts";
import type { SandboxRecord } from "./records.ts";
import { hasEnded } from "./unit-state.ts";

/** @throws ForageError `usage` for what cannot be a sandbox's name, and so never becomes a part of a path */
export function checkName(name: string): void {
  const broken = brokenBy(name, sandboxName);
  if (broken !== undefined) throw problem("usage", broken.message, broken.hint);
}

/** @throws ForageError `sandbox` when there is none, or it is not complete */
export async function recordOf(host: Pick<Host, "records">, name: string): Promise<SandboxRecord> {
  checkName(name);
  const record = await host.records.read(name);
  if (record === undefined) throw await unknownSandbox(host, name);
  if (record.state === "up") return record;
  if (record.state === "unreadable")
    throw problem(
      "sandbox",
      `the record of the sandbox ${show(name)} cannot be read: another version of forage wrote it`,
      `use that version, or remove the sandbox: forage down ${name}`,
    );
  throw problem(
    "sandbox",
    `the sandbox ${show(name)} is not complete: it is ${record.state}, or was when that was cut off`,
    `wait, or remove what there is of it: forage down ${name}`,
  );
}

/** @throws ForageError `sandbox` when a sandbox's container has ended */
export async function checkRuns(host: Host, { name }: SandboxRecord): Promise<void> {
  const { unit } = placesOf(name);
  if (!hasEnded((await host.unitStates([unit])).get(unit))) return;
  throw problem(
    "sandbox",
    `the sandbox ${show(name)} does not run`,
    `start it anew: forage reset ${name}`,
  );
}

export async function unknownSandbox(
  host: Pick<Host, "records">,
  name: string,
): Promise<ForageError> {
  const names = await host.records.names();
  return problem(
    "sandbox",
    `there is no sandbox ${show(name)}`,
    suggest(name, names, "see `forage ps`"),
  );
}
