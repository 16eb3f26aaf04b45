import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { bindMounts } from "./bind-mounts.ts";
import { stateVersion, userId, userName } from "./host-names.ts";
import { markChecked } from "./mark.ts";
import { packageName, storeName } from "./names.ts";
import {
  fields,
  moduleReference,
  number,
  packageReference,
  plainText,
  record,
  text,
} from "./parts.ts";
import { mountPoint } from "./paths.ts";
import type { Network, Template } from "./types.ts";

const DEFAULT_USER = { name: "agent", uid: 1000 };
const NETWORKS = ["private", "none", "host"] as const satisfies Network[];

export const DEFAULT_SECRETS_MOUNT_POINT = "/run/secrets";
export const DEFAULT_WORKSPACE_MOUNT_POINT = "/workspace";

/** The shape of a template; rules that span several fields are in rules.ts and sandbox-rules.ts. */
export const templateSchema: z.ZodType<Template> = fields({
  agents: record(storeName, agentSchema).describe(
    "The agents; each one's name is its wrapper's, the command that people type.",
  ),
  extraPackages: z
    .array(packageReference())
    .prefault([])
    .describe("Packages beside the agents, written like an agent's `package`."),
  description: plainText.optional().describe("What the template is for; becomes a comment."),
  secretsMountPoint: text(mountPoint)
    .default(DEFAULT_SECRETS_MOUNT_POINT)
    .describe("Where the secrets are in a sandbox."),
  user: fields({
    name: text(userName).default(DEFAULT_USER.name).describe("The user's name."),
    uid: number(userId)
      .default(DEFAULT_USER.uid)
      .describe("The user's number; a workspace belongs to it."),
  })
    .readonly()
    .default(Object.freeze(DEFAULT_USER))
    .describe("The user that agents run as in a sandbox."),
  workspaceMountPoint: text(mountPoint)
    .default(DEFAULT_WORKSPACE_MOUNT_POINT)
    .describe("Where a sandbox's workspace is."),
  bindMounts: bindMounts().prefault({}).describe("What else of the host its sandboxes see."),
  network: z
    .enum(NETWORKS)
    .default("private")
    .describe(
      'How a sandbox reaches other machines: over a link to the host ("private"), not at all ("none"), or as the host itself does ("host").',
    ),
  ephemeral: z
    .boolean()
    .default(true)
    .describe("Whether a sandbox starts from an empty root file system each time."),
  stateVersion: text(stateVersion)
    .optional()
    .describe("`system.stateVersion`, which a sandbox that keeps its state needs."),
  unfreePackages: z
    .array(text(packageName))
    .default([])
    .describe("Packages with an unfree licence among `extraPackages`, by `pname`."),
  imports: z
    .array(moduleReference())
    .prefault([])
    .describe('More NixOS modules for its sandboxes, such as "./claude.nix".'),
})
  .transform(({ description, user, stateVersion, ...rest }) =>
    markChecked(
      {
        ...rest,
        extraPackages: Object.freeze(rest.extraPackages),
        description,
        user: Object.freeze({ ...user }),
        stateVersion,
        unfreePackages: Object.freeze(rest.unfreePackages),
        imports: Object.freeze(rest.imports),
      },
      "template",
    ),
  )
  .meta({
    description: "Agents, and what the sandboxes made from this template share.",
    anyOf: [
      { properties: { ephemeral: { const: true } } },
      { properties: { stateVersion: {} }, required: ["stateVersion"] },
    ],
  });
