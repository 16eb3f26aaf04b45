import { ForageError } from "../error.ts";
import type { Endpoint } from "../schema/bridge-types.ts";
import { frozen } from "../schema/frozen.ts";
import { isRecord } from "../schema/parts.ts";
import { readPlain } from "../schema/plain.ts";
import { secretUses } from "../schema/secret-uses.ts";
import { show, showPath } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import type { AgentInput } from "../schema/types.ts";
import { amp, claudeCode, codex, copilot, cursor, geminiCli } from "./entries.ts";
import { aider, crush, goose, opencode, qwenCode } from "./per-provider.ts";
import type { CatalogueAgent, CatalogueEntry } from "./types.ts";

/** The agents that are known, by the names of their functions in `agents`. */
export interface Catalogue {
  readonly claudeCode: typeof claudeCode;
  readonly codex: typeof codex;
  readonly geminiCli: typeof geminiCli;
  readonly aider: typeof aider;
  readonly opencode: typeof opencode;
  readonly goose: typeof goose;
  readonly crush: typeof crush;
  readonly amp: typeof amp;
  readonly cursor: typeof cursor;
  readonly copilot: typeof copilot;
  readonly qwenCode: typeof qwenCode;
}

/**
 * What is known of each agent, as data.
 *
 * @example
 * catalogue.claudeCode.authVariables.ANTHROPIC_API_KEY.header; // "x-api-key"
 */
export const catalogue: Catalogue = frozen({
  claudeCode,
  codex,
  geminiCli,
  aider,
  opencode,
  goose,
  crush,
  amp,
  cursor,
  copilot,
  qwenCode,
});

/** A function for each entry of the catalogue. */
export type Agents = {
  readonly [Name in keyof Catalogue]: Catalogue[Name] extends CatalogueEntry<
    infer Variable,
    infer DefaultVariable
  >
    ? CatalogueAgent<Variable, DefaultVariable>
    : never;
};

/**
 * The definitions of known agents: each function fills in the package, the variable for the key, and the name of a package
 * with an unfree licence. A field that is given replaces what the catalogue says; a `package` replaces the catalogue's
 * `unfreePackages` as well. An agent that works with any provider has to be told the variable.
 *
 * @throws ForageError `definition` when the agent does not read a key from `authEnvVar`
 * @example
 * defineTemplate({
 *   agents: {
 *     claude: agents.claudeCode({ secretName: "anthropic" }),
 *     aider: agents.aider({ secretName: "openai", authEnvVar: "OPENAI_API_KEY" }),
 *   },
 * });
 */
export const agents: Agents = Object.freeze(
  Object.fromEntries(
    Object.entries(catalogue).map(([name, entry]) => [
      name,
      (input: unknown = {}) => fillIn(entry, input),
    ]),
  ) as unknown as Agents,
);

function fillIn(entry: CatalogueEntry, input: unknown): AgentInput {
  const given = readGiven(entry, input);
  const variable =
    given["secretName"] !== undefined && given["authEnvVar"] === undefined
      ? entry.defaultAuthVariable
      : undefined;
  const endpoints = endpointsOf(entry, { authEnvVar: variable, ...given });
  return Object.freeze({
    package: entry.package,
    ...(variable !== undefined && { authEnvVar: variable }),
    ...(Object.keys(endpoints).length > 0 && { endpoints: Object.freeze(endpoints) }),
    ...(entry.unfree &&
      given["package"] === undefined && { unfreePackages: Object.freeze([entry.package]) }),
    ...given,
  }) as AgentInput;
}

/** How the agent is told about those of its keys that it is known to read. */
function endpointsOf(entry: CatalogueEntry, agent: unknown): Record<string, Endpoint> {
  return Object.fromEntries(
    secretUses(agent, []).flatMap(({ variable }) => {
      if (typeof variable !== "string" || !Object.hasOwn(entry.authVariables, variable)) return [];
      const { endpoint } = entry.authVariables[variable] ?? {};
      return endpoint === undefined ? [] : [[variable, endpoint]];
    }),
  );
}

/** The fields that the caller gave; whether each is right is for `defineAgent` to say. */
function readGiven(entry: CatalogueEntry, input: unknown): Readonly<Record<string, unknown>> {
  const { value, problems } = readPlain(input);
  if (problems.length > 0)
    throw new ForageError(
      "definition",
      problems.map((problem) => ({ ...problem, path: showPath(problem.path) })),
    );
  if (!isRecord(value))
    throw new ForageError("definition", [
      {
        path: [],
        message: `${entry.title} is defined by an object, not ${show(value)}`,
        hint: 'write { secretName: "…" }',
      },
    ]);
  const { authEnvVar } = value;
  if (typeof authEnvVar === "string" && !Object.hasOwn(entry.authVariables, authEnvVar))
    throw new ForageError("definition", [
      {
        path: ["authEnvVar"],
        message: `${show(authEnvVar)} is no variable that ${entry.title} reads a key from; "secrets" takes any variable`,
        hint: suggest(authEnvVar, Object.keys(entry.authVariables), "leave it out"),
      },
    ]);
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
