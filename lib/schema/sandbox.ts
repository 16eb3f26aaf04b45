import { z } from "zod";
import { bindMounts } from "./bind-mounts.ts";
import type { Sandbox } from "./config-types.ts";
import { ipv4Address } from "./host-names.ts";
import { fields, text } from "./parts.ts";
import { hostPath } from "./paths.ts";

/** The shape of a sandbox; rules that span several fields are in sandbox-rules.ts. */
export const sandboxSchema: z.ZodType<Sandbox> = fields({
  template: z.string().describe("The template that it is made from."),
  workspace: text(hostPath)
    .optional()
    .describe(
      "The host's directory that the sandbox works in, writable, at the template's `workspaceMountPoint`.",
    ),
  bindMounts: bindMounts()
    .prefault({})
    .describe("What else of the host it sees, beside what its template says."),
  hostAddress: text(ipv4Address)
    .optional()
    .describe(
      "The host's end of the link, an IPv4 address; by default one of 10.233.0.0/16, by the sandbox's name.",
    ),
  localAddress: text(ipv4Address)
    .optional()
    .describe("The sandbox's end of the link; goes with `hostAddress`."),
  autoStart: z.boolean().default(false).describe("Whether it starts with the host."),
})
  .transform(({ template, workspace, bindMounts, hostAddress, localAddress, autoStart }) =>
    Object.freeze({ template, workspace, bindMounts, hostAddress, localAddress, autoStart }),
  )
  .meta({
    description: "A container that is made from a template.",
    dependentRequired: { hostAddress: ["localAddress"], localAddress: ["hostAddress"] },
  });
