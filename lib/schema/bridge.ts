import { z } from "zod";
import {
  credentialName,
  hooksFile,
  modelName,
  PORT,
  redisUrl,
  wholeNumber,
} from "./bridge-names.ts";
import type {
  AuditInput,
  Bridge,
  BridgeCredential,
  ClientInput,
  Endpoint,
  Price,
  TemplateBridge,
} from "./bridge-types.ts";
import { listenAddress } from "./host-names.ts";
import { secretName, variableName } from "./names.ts";
import { amount, fields, number, plainText, record, text } from "./parts.ts";
import { BRIDGE_LOGS, bridgePath, secretPath } from "./paths.ts";
import { limitsSchema, policySchema } from "./policy.ts";
import { providerSchema } from "./provider.ts";
import { PROVIDER_NAMES } from "./providers.ts";

const DEFAULT_LIFETIME_SECONDS = 300;
export const DEFAULT_PORT = 7878;
const DAY_SECONDS = 86_400;

const credential = fields({
  provider: providerSchema.describe("A known provider's name, or a provider."),
  secret: text(secretName)
    .optional()
    .describe(
      "The secret, by its name in the configuration's `secrets`; by default the credential's own name.",
    ),
  command: z
    .array(plainText)
    .readonly()
    .optional()
    .describe("A program that prints a token, by its absolute path, and its arguments."),
  lifetimeSeconds: number(wholeNumber("a token's lifetime in seconds", 1, DAY_SECONDS))
    .optional()
    .describe(`For how long what it prints is used; by default ${DEFAULT_LIFETIME_SECONDS} s.`),
  policy: policySchema.prefault({}).describe("What requests may be, and what is changed in them."),
  limits: limitsSchema.prefault({}).describe("How much all sandboxes together may ask for."),
}).meta({ description: "What the bridge shows to one provider." });

function named(
  name: string,
  { provider, secret, command, lifetimeSeconds, policy, limits }: z.output<typeof credential>,
): BridgeCredential {
  const shared = { provider, policy, limits };
  if (command === undefined)
    return Object.freeze({
      ...shared,
      secret: secret ?? name,
      command: undefined,
      lifetimeSeconds: undefined,
    });
  return Object.freeze({
    ...shared,
    secret: undefined,
    command,
    lifetimeSeconds: lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS,
  });
}

const credentials = record(credentialName, credential).transform((all) => {
  const copy: Record<string, BridgeCredential> = Object.create(null);
  for (const [name, one] of Object.entries(all)) copy[name] = named(name, one);
  return Object.freeze(copy);
});

const names = z.array(z.string()).readonly().meta({ uniqueItems: true });

const client: z.ZodType<ClientInput> = fields({
  credentials: names.describe("The credentials that it may use."),
  tokenFile: text(secretPath).describe(
    "The host's file with its token, of at least 32 characters.",
  ),
  policy: policySchema.optional().describe("What requests may be, and what is changed in them."),
  limits: limitsSchema.optional().describe("How much it may ask for."),
})
  .readonly()
  .describe("An agent outside of containers, which the bridge knows by a token.");

const A_PRICE = "a price in US dollars";
const price: z.ZodType<Price> = fields({
  input: amount(A_PRICE, "zero").describe("For a million tokens of input."),
  output: amount(A_PRICE, "zero").describe("For a million tokens of output."),
  cacheRead: amount(A_PRICE, "zero")
    .optional()
    .describe("For a million tokens that are read from a cache; by default as input."),
  cacheWrite: amount(A_PRICE, "zero")
    .optional()
    .describe("For a million tokens that are written to a cache; by default as input."),
})
  .readonly()
  .describe("What a model's tokens cost.");

const ON_FAILURE = ["closed", "open"] as const satisfies AuditInput["onFailure"][];

const audit: z.ZodType<Bridge["audit"]> = fields({
  directory: text(bridgePath).default(BRIDGE_LOGS).describe("Where the log's files are."),
  onFailure: z
    .enum(ON_FAILURE)
    .default("closed")
    .describe('Whether requests are refused ("closed") while the log cannot be written.'),
  maxBytes: number(wholeNumber("a file's size", 4096, Number.MAX_SAFE_INTEGER))
    .default(104_857_600)
    .describe("A file that is larger is put aside, in bytes."),
  maxHours: number(wholeNumber("a file's age in hours", 1, 8760))
    .default(24)
    .describe("A file that is older is put aside, in hours."),
  maxFiles: number(wholeNumber("a number of files", 1, 100_000))
    .default(90)
    .describe("How many that were put aside are kept."),
}).readonly();

const tcp = fields({
  address: text(listenAddress).describe("The host's address to listen at."),
  port: number(PORT).describe("The port there."),
  clients: record(credentialName, client).describe("The agents, by names of their own."),
}).readonly();

/** The shape of a configuration's bridge; rules that span several fields are in bridge-rules.ts. */
export const bridgeSchema: z.ZodType<Bridge> = fields({
  credentials: credentials
    .prefault({})
    .describe("What is shown to providers, by names that an agent's `secretName` may be."),
  limits: limitsSchema
    .prefault({})
    .describe("How much each sandbox may ask for whose template says nothing else."),
  prices: record(modelName, price)
    .prefault({})
    .describe("Prices by the models' names, in which `*` stands for any characters."),
  audit: audit.prefault({}).describe("The log of all calls."),
  hooks: text(hooksFile)
    .optional()
    .describe('A module with `onRequest` and `onResponse`, such as "./hooks.ts".'),
  tcp: tcp.optional().describe("Agents outside of containers."),
  workers: number(wholeNumber("a number of processes", 1, 64))
    .default(1)
    .describe("How many processes share the work."),
  redis: text(redisUrl)
    .optional()
    .describe("A Redis or Valkey server that holds the limits of several hosts."),
  idleSeconds: number(wholeNumber("a time in seconds", 1, DAY_SECONDS))
    .default(600)
    .describe("How long a connection may be silent, in seconds."),
  maxBodyBytes: number(wholeNumber("a body's size", 1, Number.MAX_SAFE_INTEGER))
    .default(33_554_432)
    .describe("How large a request's body may be, in bytes."),
})
  .transform(({ hooks, tcp, redis, ...rest }) => Object.freeze({ ...rest, hooks, tcp, redis }))
  .meta({ description: "The proxy on the host that has the keys, so that no sandbox has them." });

/** What a template's bridge takes. */
export const templateBridgeSchema: z.ZodType<TemplateBridge> = fields({
  credentials: names
    .prefault([])
    .describe("Credentials beside those that its agents name, such as one for git."),
  limits: limitsSchema
    .optional()
    .describe(
      "How much each of its sandboxes may ask for; by default what the configuration says.",
    ),
  policy: policySchema.prefault({}).describe("What requests may be, and what is changed in them."),
  port: number(PORT)
    .default(DEFAULT_PORT)
    .describe("Where a sandbox's agents find the bridge, on its own loopback interface."),
}).transform(({ limits, ...rest }) => Object.freeze({ ...rest, limits }));

/** How an agent is told to ask the bridge. */
export const endpointSchema: z.ZodType<Endpoint> = fields({
  provider: z
    .enum(PROVIDER_NAMES)
    .optional()
    .describe("A known provider's name, for a secret that is no credential of the configuration."),
  env: record(variableName, plainText)
    .optional()
    .describe(
      "Variables; `{url}` stands for the address that the API seems to be at, `{origin}` for that without its path, `{path}` for the path.",
    ),
  args: z
    .array(plainText)
    .readonly()
    .optional()
    .describe("Arguments that come before all others, with the same in them."),
  placeholder: plainText
    .optional()
    .describe("What the key's variable holds instead, for agents that look at its shape."),
  unavailable: plainText
    .optional()
    .describe("Why the agent cannot be told, where it has no such setting."),
})
  .readonly()
  .describe("How the agent is told to ask the bridge.");
