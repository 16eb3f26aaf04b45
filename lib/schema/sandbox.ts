import { z } from "zod";
import { bindMounts } from "./bind-mounts.ts";
import { ipv4Address } from "./names.ts";
import { fields, text } from "./parts.ts";
import { hostPath } from "./paths.ts";
import type { BindMount } from "./types.ts";

/** A sandbox as it was written, before each has its addresses. */
export interface SandboxShape {
  readonly template: string;
  readonly workspace?: string | undefined;
  readonly bindMounts?: Readonly<Record<string, BindMount>> | undefined;
  readonly hostAddress?: string | undefined;
  readonly localAddress?: string | undefined;
  readonly autoStart: boolean;
}

/** The shape of a sandbox; rules that span several fields are in sandbox-rules.ts. */
export const sandboxSchema: z.ZodType<SandboxShape> = fields({
  template: z.string(),
  workspace: text(hostPath).optional(),
  bindMounts: bindMounts().optional(),
  hostAddress: text(ipv4Address).optional(),
  localAddress: text(ipv4Address).optional(),
  autoStart: z.boolean().default(false),
});
