import { realpath } from "node:fs/promises";
import { show } from "../../schema/show.ts";
import { type Finding, findingOf } from "./finding.ts";
import { see } from "./inside.ts";
import { filesIn, search, searchBuffer } from "./search.ts";
import type { Subject } from "./verify.ts";

/** That everybody who can read the Nix store can read no key there. */
export async function checkClosure({ places, values }: Subject): Promise<Finding> {
  const { holds, broken } = findingOf("closure", "no key is in the system's store paths");
  const system = await realpath(places.system).catch(() => undefined);
  if (system === undefined) return broken(`there is no ${places.system}`);
  const { status, output } = await see(["nix-store", "--query", "--requisites", system]);
  if (status !== 0) return broken("Nix does not say what the system needs");
  const paths = output.toString("utf8").trim().split("\n");
  let bytes = 0;
  const buffer = searchBuffer(values);
  try {
    for (const path of paths)
      for await (const file of filesIn(path)) {
        const found = await search(file, values, buffer);
        bytes += found.bytes;
        if (found.secret !== undefined)
          return broken(`${file} holds the secret ${show(found.secret)}`);
      }
  } finally {
    buffer.fill(0);
  }
  return holds(`${paths.length} store paths, ${Math.round(bytes / 1e6)} MB`);
}
