import { z } from "zod";
import { fields, record, text } from "./parts.ts";
import { hostPath, mountPoint } from "./paths.ts";
import type { BindMount } from "./types.ts";

/** Mount points with what the host binds there. */
export function bindMounts(): z.ZodType<Readonly<Record<string, BindMount>>> {
  return record(
    mountPoint,
    fields({
      hostPath: text(hostPath).describe("The host's directory or file."),
      isReadOnly: z.boolean().default(true).describe("Whether the sandbox can only read it."),
    })
      .transform((mount) => Object.freeze(mount))
      .describe("A directory or file of the host, at the mount point that is its key."),
  );
}
