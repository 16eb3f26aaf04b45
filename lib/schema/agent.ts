import { z } from "zod";
import { packageName, secretName, secretVariableName, storeName, variableName } from "./names.ts";
import { fields, packageReference, plainText, record, text } from "./parts.ts";
import type { Agent, AgentSecret, OnMissingSecret } from "./types.ts";

const ON_MISSING_SECRET = ["warn", "ignore", "fail"] as const satisfies OnMissingSecret[];

const secretList = z.array(
  fields({ variable: text(secretVariableName), secretName: text(secretName) }).readonly(),
);

const secretMap = record(secretVariableName, text(secretName)).transform((map): AgentSecret[] =>
  Object.entries(map).map(([variable, name]) => Object.freeze({ variable, secretName: name })),
);

/** The shape of an agent; rules that span several fields are in rules.ts. */
export const agentSchema: z.ZodType<Agent> = fields({
  package: packageReference(),
  secretName: text(secretName).optional(),
  authEnvVar: text(secretVariableName).optional(),
  secrets: z.union([secretList, secretMap]).default([]),
  mainProgram: text(storeName).optional(),
  args: z.array(plainText).default([]),
  env: record(variableName, plainText).optional(),
  onMissingSecret: z.enum(ON_MISSING_SECRET).default("warn"),
  multiline: z.boolean().default(false),
  unfreePackages: z.array(text(packageName)).default([]),
}).transform(({ secretName, authEnvVar, secrets, mainProgram, args, env, ...rest }) =>
  Object.freeze({
    ...rest,
    mainProgram,
    args: Object.freeze(args),
    unfreePackages: Object.freeze(rest.unfreePackages),
    env: env ?? Object.freeze(Object.create(null)),
    secrets: Object.freeze(
      secretName === undefined || authEnvVar === undefined
        ? secrets
        : [Object.freeze({ variable: authEnvVar, secretName }), ...secrets],
    ),
  }),
);
