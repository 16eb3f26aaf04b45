import { z } from "zod";
import { bridgeSchema } from "./bridge.ts";
import type { Config } from "./config-types.ts";
import { sandboxName } from "./host-names.ts";
import { markChecked } from "./mark.ts";
import { secretName, templateName } from "./names.ts";
import { outputSchema } from "./outputs.ts";
import { fields, record, secretSource, text } from "./parts.ts";
import { nixpkgsDirectory, outputFile } from "./paths.ts";
import { sandboxSchema } from "./sandbox.ts";
import { templateSchema } from "./template.ts";

/** The shape of a configuration; rules that span several fields are in rules.ts and sandbox-rules.ts. */
export const configSchema: z.ZodType<Config> = fields({
  $schema: z.string().optional().describe("For editors: where the output of `forage schema` is."),
  secrets: record(secretName, secretSource())
    .prefault({})
    .describe("The host's file for each secret, as an absolute path."),
  nixpkgs: text(nixpkgsDirectory)
    .optional()
    .describe(
      "The directory of nixpkgs that `forage up` builds with; by default what `<nixpkgs>` is.",
    ),
  bridge: bridgeSchema
    .optional()
    .describe("The proxy on the host that has the keys, so that no sandbox has them."),
  templates: record(templateName, templateSchema).describe("The templates, by their names."),
  sandboxes: record(sandboxName, sandboxSchema)
    .prefault({})
    .describe("The containers that are made from the templates, by their names."),
  outputs: record(outputFile, outputSchema)
    .prefault({})
    .describe("The files that `forage render` writes, by their paths beside the configuration."),
})
  .transform(({ secrets, nixpkgs, bridge, templates, sandboxes, outputs }) =>
    markChecked({ secrets, nixpkgs, bridge, templates, sandboxes, outputs }, "config"),
  )
  .meta({
    title: "forage-nix configuration",
    description:
      "Where the secrets are on the host, the templates that use them, and what to make of those.",
  });
