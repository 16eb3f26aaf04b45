import { z } from "zod";
import { flakeInputName, interfaceName, systemName } from "./names.ts";
import type { FlakeInput, Output, OutputKind } from "./output-types.ts";
import { fields, plainText, record, text } from "./parts.ts";

const template = z.string().optional();
const templates = z.array(z.string()).optional();
const sandboxes = z.array(z.string()).optional();
const externalInterface = text(interfaceName).optional();

const flakeInput: z.ZodType<FlakeInput> = z.union([
  plainText,
  fields({ url: plainText, follows: record(flakeInputName, text(flakeInputName)).optional() }),
]);

const KINDS = {
  wrapper: { template, agent: z.string() },
  wrappers: { template, agents: z.array(z.string()).optional() },
  packages: { templates },
  overlay: { templates },
  template: { template },
  container: { sandbox: z.string() },
  "nixos-module": { sandboxes, externalInterface },
  "extra-container": { sandboxes },
  "flake-module": { templates, sandboxes, externalInterface },
  flake: {
    templates,
    sandboxes,
    externalInterface,
    description: plainText.optional(),
    inputs: record(flakeInputName, flakeInput).optional(),
    systems: z.array(text(systemName)).optional(),
  },
} as const satisfies Record<OutputKind, z.ZodRawShape>;

export const OUTPUT_KINDS = Object.keys(KINDS) as OutputKind[];

function kind<const K extends OutputKind>(name: K) {
  return fields({ kind: z.literal(name), ...KINDS[name] });
}

const [first, ...others] = OUTPUT_KINDS.map(kind);

/** An output: its kind alone, or with the fields that go with it. */
export const outputSchema: z.ZodType<Output> = z
  .preprocess(
    (value) => (typeof value === "string" ? { kind: value } : value),
    z.discriminatedUnion("kind", [first as NonNullable<typeof first>, ...others], {
      error: ({ code }) => (code === "invalid_union" ? OUTPUT_KINDS.join(" ") : undefined),
    }),
  )
  .transform((output) => Object.freeze(output) as Output);
