import { z } from "zod";
import { fields, record, text } from "./parts.ts";
import { hostPath, mountPoint } from "./paths.ts";
import type { BindMount } from "./types.ts";

/** Mount points with what the host binds there. */
export function bindMounts(): z.ZodType<Readonly<Record<string, BindMount>>> {
  return record(
    mountPoint,
    fields({ hostPath: text(hostPath), isReadOnly: z.boolean().default(true) }).transform((mount) =>
      Object.freeze(mount),
    ),
  );
}
