import type { ForageError } from "../error.ts";
import { sandboxName } from "../schema/host-names.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import { brokenBy } from "../schema/text-rule.ts";
import type { Host } from "./host.ts";
import { problem } from "./problems.ts";
import type { SandboxRecord } from "./records.ts";

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
  throw problem(
    "sandbox",
    `the sandbox ${show(name)} is not complete: it is ${record.state}, or was when that was cut off`,
    `wait, or remove what there is of it: forage down ${name}`,
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
