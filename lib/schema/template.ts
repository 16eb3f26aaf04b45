import { z } from "zod";
import { agentSchema } from "./agent.ts";
import { absolutePath, storeName, userId, userName } from "./names.ts";
import { fields, number, packageReference, plainText, record, text } from "./parts.ts";
import type { Template } from "./types.ts";

/** Marks what `defineTemplate` returned; a copy by spreading is unchecked, and so unmarked. */
const templateMark: unique symbol = Symbol.for("forage-nix.template") as never;

const DEFAULT_USER = { name: "agent", uid: 1000 };

/** The shape of a template; rules that span several fields are in rules.ts. */
export const templateSchema: z.ZodType<Template> = fields({
  agents: record(storeName, agentSchema),
  extraPackages: z.array(packageReference()).default([]),
  description: plainText.optional(),
  secretsMountPoint: text(absolutePath).default("/run/secrets"),
  user: fields({
    name: text(userName).default(DEFAULT_USER.name),
    uid: number(userId).default(DEFAULT_USER.uid),
  })
    .readonly()
    .default(Object.freeze(DEFAULT_USER)),
}).transform(({ agents, extraPackages, description, secretsMountPoint, user }) => {
  const template: Template = {
    agents,
    extraPackages: Object.freeze(extraPackages),
    description,
    secretsMountPoint,
    user: Object.freeze({ ...user }),
  };
  Object.defineProperty(template, templateMark, { value: true });
  return Object.freeze(template);
});

/** Whether `defineTemplate` or `defineConfig` made a template. */
export function isTemplate(value: unknown): value is Template {
  return typeof value === "object" && value !== null && Object.hasOwn(value, templateMark);
}
