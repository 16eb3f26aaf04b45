import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { bindMounts } from "./bind-mounts.ts";
import { templateBridgeSchema } from "./bridge.ts";
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
import type { Auth, Network, Template } from "./types.ts";

const DEFAULT_USER = { name: "agent", uid: 1000 };
const AUTHS = ["secrets", "bridge"] as const satisfies Auth[];
const NETWORKS = ["private", "none", "host"] as const satisfies Network[];

export const DEFAULT_SECRETS_MOUNT_POINT = "/run/secrets";
export const DEFAULT_WORKSPACE_MOUNT_POINT = "/workspace";

/** The network of a template that says none: who asks the bridge needs no other. */
export function defaultNetwork(auth: unknown): Network {
  return auth === "bridge" ? "none" : "private";
}

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
    .optional()
    .describe(
      'How a sandbox reaches other machines: over a link to the host ("private"), not at all ("none"), or as the host itself does ("host"); by default "private", or "none" where auth is "bridge".',
    ),
  auth: z
    .enum(AUTHS)
    .default("secrets")
    .describe(
      'Whether a sandbox has copies of the secrets ("secrets"), or asks the bridge on the host, which has them ("bridge").',
    ),
  bridge: templateBridgeSchema.optional().describe('What goes with the auth "bridge".'),
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
  .transform(({ description, user, stateVersion, auth, bridge, network, ...rest }) =>
    markChecked(
      {
        ...rest,
        extraPackages: Object.freeze(rest.extraPackages),
        description,
        user: Object.freeze({ ...user }),
        stateVersion,
        network: network ?? defaultNetwork(auth),
        auth,
        // One without is completed here, so that whatever has the auth has all that goes with it.
        bridge: auth === "bridge" ? (bridge ?? templateBridgeSchema.parse({})) : undefined,
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
