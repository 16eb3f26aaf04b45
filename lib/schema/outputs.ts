import { z } from "zod";
import { flakeInputName, flakeUrl, followedInput, systemName } from "./flake-names.ts";
import { interfaceName } from "./host-names.ts";
import type { FlakeInput, Output, OutputKind } from "./output-types.ts";
import { fields, plainText, record, text } from "./parts.ts";

const template = z
  .string()
  .optional()
  .describe('The template; by default the only one, or the one called "default".');
const templates = z
  .array(z.string())
  .optional()
  .meta({ description: "The templates; by default all of them.", uniqueItems: true });
const sandboxes = z
  .array(z.string())
  .optional()
  .meta({ description: "The sandboxes; by default all of them.", uniqueItems: true });
const externalInterface = text(interfaceName)
  .optional()
  .describe(
    "The host's interface to the internet, for the sandboxes to share (`networking.nat`); by default the host sees to that.",
  );

const enableWAN = z
  .boolean()
  .optional()
  .describe(
    "Whether the sandboxes share the host's way to the internet (extra-container's `extra.enableWAN`); by default they do not.",
  );

const url = text(flakeUrl).describe("The input's URL.");

const flakeInput: z.ZodType<FlakeInput> = z.union([
  url,
  fields({
    url,
    follows: record(flakeInputName, text(followedInput))
      .optional()
      .describe(
        'The input\'s own inputs, each with what it follows: an input of this flake, an input of one such as "home-manager/nixpkgs", or "" for none.',
      ),
    flake: z
      .boolean()
      .optional()
      .describe("Whether it is a flake, and no plain source; by default it is."),
  }),
]);

const FLAKE_FIELDS = {
  description: plainText
    .optional()
    .describe('The flake\'s description; by default "Coding agents for NixOS".'),
  inputs: record(flakeInputName, flakeInput)
    .optional()
    .describe("Inputs beside nixpkgs, or instead of its default."),
  systems: z
    .array(text(systemName))
    .optional()
    .describe(
      'The systems that it has packages for; by default "aarch64-linux" and "x86_64-linux".',
    ),
};

const KINDS = {
  wrapper: {
    about: "One agent's wrapper.",
    fields: { template, agent: z.string().describe("The agent, by its name in the template.") },
  },
  wrappers: {
    about: "A template's wrappers, as a set.",
    fields: {
      template,
      agents: z.array(z.string()).optional().describe("The agents; by default all of them."),
    },
  },
  packages: { about: "The wrappers as a package set for `callPackages`.", fields: { templates } },
  overlay: { about: "The wrappers as an overlay, `pkgs.forage`.", fields: { templates } },
  template: {
    about: "A NixOS module with what a template puts into a sandbox: wrappers, user, packages.",
    fields: { template },
  },
  container: {
    about:
      "A NixOS module with one sandbox's `containers.<name>`, for who provides the secrets by other means.",
    fields: { sandbox: z.string().describe("The sandbox, by its name.") },
  },
  "nixos-module": {
    about:
      "A NixOS module for a host: the sandboxes' containers, and their secrets or the bridge that has those.",
    fields: { sandboxes, externalInterface },
  },
  "extra-container": {
    about: "The host's module for the tool extra-container, without the bridge.",
    fields: { sandboxes, enableWAN },
  },
  "bridge-module": {
    about:
      "A NixOS module for a host with the bridge alone, for sandboxes that are made by other means.",
    fields: { sandboxes },
  },
  "flake-module": {
    about: "A flake-parts module: the NixOS modules, and the wrappers as packages.",
    fields: { templates, sandboxes, externalInterface },
  },
  flake: {
    about: "A whole flake.nix: the NixOS modules, the overlay, and the wrappers as packages.",
    fields: { templates, sandboxes, externalInterface, ...FLAKE_FIELDS },
  },
} as const satisfies Record<OutputKind, { about: string; fields: z.ZodRawShape }>;

export const OUTPUT_KINDS = Object.keys(KINDS) as OutputKind[];

function kind<const K extends OutputKind>(name: K) {
  const { about, fields: others } = KINDS[name];
  return fields({ kind: z.literal(name).describe(about), ...others }).describe(about);
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
  .transform((output) => Object.freeze(output) as Output)
  .meta({ description: "A kind of file, or that with its fields.", shorthand: "kind" });
