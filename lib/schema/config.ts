import { z } from "zod";
import { assignAddresses } from "./addresses.ts";
import type { Config, Sandbox } from "./config-types.ts";
import { markChecked } from "./mark.ts";
import { sandboxName, secretName, storeName } from "./names.ts";
import { outputSchema } from "./outputs.ts";
import { fields, record, secretSource } from "./parts.ts";
import { outputFile } from "./paths.ts";
import { type SandboxShape, sandboxSchema } from "./sandbox.ts";
import { templateSchema } from "./template.ts";
import type { Template } from "./types.ts";

/** The shape of a configuration; rules that span several fields are in rules.ts and sandbox-rules.ts. */
export const configSchema: z.ZodType<Config> = fields({
  $schema: z.string().optional().describe("For editors: where the output of `forage schema` is."),
  secrets: record(secretName, secretSource())
    .prefault({})
    .describe("The host's file for each secret, as an absolute path."),
  templates: record(storeName, templateSchema).describe("The templates, by their names."),
  sandboxes: record(sandboxName, sandboxSchema)
    .prefault({})
    .describe("The containers that are made from the templates, by their names."),
  outputs: record(outputFile, outputSchema)
    .prefault({})
    .describe("The files that `forage render` writes, by their paths beside the configuration."),
})
  .transform(({ secrets, templates, sandboxes, outputs }) =>
    markChecked(
      { secrets, templates, sandboxes: withAddresses(sandboxes, templates), outputs },
      "config",
    ),
  )
  .meta({
    title: "forage-nix configuration",
    description:
      "Where the secrets are on the host, the templates that use them, and what to make of those.",
  });

/** Sandboxes with an address at both ends of each link. */
function withAddresses(
  sandboxes: Readonly<Record<string, SandboxShape>>,
  templates: Readonly<Record<string, Template>>,
): Readonly<Record<string, Sandbox>> {
  const named = Object.entries(sandboxes);
  const given = named.flatMap(([, { hostAddress, localAddress }]) => [hostAddress, localAddress]);
  const wanting = named.filter(
    ([, sandbox]) =>
      sandbox.localAddress === undefined && templates[sandbox.template]?.network === "private",
  );
  const assigned = assignAddresses(
    wanting.map(([name]) => name),
    new Set(given.filter((address) => address !== undefined)),
  );
  const all: Record<string, Sandbox> = Object.create(null);
  for (const [name, sandbox] of named) {
    const { hostAddress, localAddress } = assigned.get(name) ?? sandbox;
    const { template, workspace, bindMounts, autoStart } = sandbox;
    all[name] = Object.freeze({
      template,
      workspace,
      bindMounts,
      hostAddress,
      localAddress,
      autoStart,
    });
  }
  return Object.freeze(all);
}
