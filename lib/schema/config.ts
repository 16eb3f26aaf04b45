import type { z } from "zod";
import { absolutePath, secretName, storeName } from "./names.ts";
import { fields, record, text } from "./parts.ts";
import { templateSchema } from "./template.ts";
import type { Config } from "./types.ts";

/** The shape of a configuration; rules that span several fields are in rules.ts. */
export const configSchema: z.ZodType<Config> = fields({
  secrets: record(secretName, text(absolutePath)).optional(),
  templates: record(storeName, templateSchema),
}).transform(({ secrets, templates }) =>
  Object.freeze({ secrets: secrets ?? Object.freeze(Object.create(null)), templates }),
);
