import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { bindMounts } from "./bind-mounts.ts";
import { markChecked } from "./mark.ts";
import { packageName, stateVersion, storeName, userId, userName } from "./names.ts";
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
  agents: record(storeName, agentSchema),
  extraPackages: z.array(packageReference()).default([]),
  description: plainText.optional(),
  secretsMountPoint: text(mountPoint).default(DEFAULT_SECRETS_MOUNT_POINT),
  user: fields({
    name: text(userName).default(DEFAULT_USER.name),
    uid: number(userId).default(DEFAULT_USER.uid),
  })
    .readonly()
    .default(Object.freeze(DEFAULT_USER)),
  workspaceMountPoint: text(mountPoint).default(DEFAULT_WORKSPACE_MOUNT_POINT),
  bindMounts: bindMounts().optional(),
  network: z.enum(NETWORKS).default("private"),
  ephemeral: z.boolean().default(true),
  stateVersion: text(stateVersion).optional(),
  unfreePackages: z.array(text(packageName)).default([]),
  imports: z.array(moduleReference()).default([]),
}).transform(({ description, user, bindMounts, stateVersion, ...rest }) =>
  markChecked(
    {
      ...rest,
      extraPackages: Object.freeze(rest.extraPackages),
      description,
      user: Object.freeze({ ...user }),
      bindMounts: bindMounts ?? Object.freeze(Object.create(null)),
      stateVersion,
      unfreePackages: Object.freeze(rest.unfreePackages),
      imports: Object.freeze(rest.imports),
    },
    "template",
  ),
);
