import { z } from "zod";
import { bindMounts } from "./bind-mounts.ts";
import { ipv4Address } from "./names.ts";
import { fields, text } from "./parts.ts";
import { hostPath } from "./paths.ts";

/** The shape of a sandbox; rules that span several fields are in sandbox-rules.ts. */
export const sandboxSchema = fields({
  template: z.string(),
  workspace: text(hostPath).optional(),
  bindMounts: bindMounts().optional(),
  hostAddress: text(ipv4Address).optional(),
  localAddress: text(ipv4Address).optional(),
  autoStart: z.boolean().default(false),
});
