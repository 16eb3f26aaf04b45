import { z } from "zod";
import { endpointSchema } from "./bridge.ts";
import { packageName, secretName, secretVariableName, storeName, variableName } from "./names.ts";
import { fields, packageReference, plainText, record, text } from "./parts.ts";
import type { Agent, AgentSecret, OnMissingSecret } from "./types.ts";

const ON_MISSING_SECRET = ["warn", "ignore", "fail"] as const satisfies OnMissingSecret[];

const secret = text(secretName).describe(
  "The secret, by its name in the configuration's `secrets`; where a template has a bridge, also a credential of that.",
);
const variable = text(secretVariableName).describe(
  "The variable that the agent reads the secret from.",
);

const secretList = z.array(fields({ variable, secretName: secret }).readonly());

const secretMap = record(secretVariableName, secret).transform((map): AgentSecret[] =>
  Object.entries(map).map(([variable, name]) => Object.freeze({ variable, secretName: name })),
);

/** The shape of an agent; rules that span several fields are in rules.ts. */
export const agentSchema: z.ZodType<Agent> = fields({
  package: packageReference().describe(
    'The agent\'s package: "python3Packages.requests" means `pkgs.python3Packages.requests`.',
  ),
  secretName: secret.optional(),
  authEnvVar: variable.optional(),
  secrets: z
    .union([secretList, secretMap])
    .prefault([])
    .describe('More secrets, as { "VARIABLE": "secret" } or as a list.'),
  mainProgram: text(storeName)
    .optional()
    .describe("The program in the package's `bin`; by default the package's `meta.mainProgram`."),
  args: z.array(plainText).default([]).describe("Arguments that come before the caller's."),
  env: record(variableName, plainText)
    .prefault({})
    .describe("Variables that are no secret: everyone can read them in the Nix store."),
  onMissingSecret: z
    .enum(ON_MISSING_SECRET)
    .default("warn")
    .describe(
      'Without a secret, start and say so ("warn"), start in silence ("ignore"), or exit with 78 ("fail").',
    ),
  multiline: z
    .boolean()
    .default(false)
    .describe("Whether a secret may hold line breaks; in a token they would split an HTTP header."),
  endpoints: record(secretVariableName, endpointSchema)
    .prefault({})
    .describe(
      "How the agent is told to ask the bridge, by the variables of its keys, where that is not known.",
    ),
  unfreePackages: z
    .array(text(packageName))
    .default([])
    .describe("Packages with an unfree licence that a sandbox may use for this agent, by `pname`."),
})
  .transform(({ secretName, authEnvVar, secrets, mainProgram, args, unfreePackages, ...rest }) =>
    Object.freeze({
      ...rest,
      mainProgram,
      args: Object.freeze(args),
      unfreePackages: Object.freeze(unfreePackages),
      secrets: Object.freeze(
        secretName === undefined || authEnvVar === undefined
          ? secrets
          : [Object.freeze({ variable: authEnvVar, secretName }), ...secrets],
      ),
    }),
  )
  .meta({
    description: "One program, and the secrets that it gets.",
    dependentRequired: { secretName: ["authEnvVar"], authEnvVar: ["secretName"] },
  });
