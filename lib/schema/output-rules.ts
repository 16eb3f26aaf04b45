import type { Diagnostic, Path } from "../error.ts";
import { followedInput } from "./flake-names.ts";
import { fieldOf, itemsOf, type Member, membersOf } from "./members.ts";
import type { OutputKind } from "./output-types.ts";
import { nameOf, unknownName } from "./sandbox-rules.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";
import { brokenBy } from "./text-rule.ts";

/** The name of the template that is meant where none is named, of those that there are. */
export function defaultTemplate(names: readonly string[]): string | undefined {
  const wanted = names.length === 1 ? names[0] : "default";
  return names.find((name) => name === wanted);
}

const OF_ONE_TEMPLATE: ReadonlySet<unknown> = new Set<OutputKind>([
  "wrapper",
  "wrappers",
  "template",
]);

/** What the outputs of a configuration say, with its templates and sandboxes. */
export function checkOutputs(config: unknown): Diagnostic[] {
  const templates = membersOf(fieldOf(config, "templates"), ["templates"]);
  const sandboxes = membersOf(fieldOf(config, "sandboxes"), ["sandboxes"]);
  return membersOf(fieldOf(config, "outputs"), ["outputs"]).flatMap(([output, path, file]) => [
    ...checkNames(output, path, "template", templates.map(nameOf)),
    ...checkNames(output, path, "sandbox", sandboxes.map(nameOf)),
    ...checkTemplate(output, path, templates),
    ...checkFollows(output, path),
    ...checkFile(output, path, file),
  ]);
}

function checkNames(
  output: unknown,
  path: Path,
  what: "template" | "sandbox",
  known: readonly string[],
): Diagnostic[] {
  const plural = what === "sandbox" ? "sandboxes" : "templates";
  const one = fieldOf(output, what);
  const names = itemsOf(fieldOf(output, plural), [...path, plural]);
  const used = one === undefined ? names : [[one, [...path, what]] as const, ...names];
  const seen = new Set<unknown>();
  return used.flatMap(([name, at]) => {
    if (typeof name !== "string") return [];
    if (!known.includes(name)) return [unknownName(at, what, name, known)];
    if (seen.has(name))
      return [{ path: at, message: `${show(name)} stands twice`, hint: "leave one out" }];
    seen.add(name);
    return [];
  });
}

/** Whether it is clear which template an output of one is of, and the template has the agents that it names. */
function checkTemplate(output: unknown, path: Path, templates: readonly Member[]): Diagnostic[] {
  const kind = typeof output === "string" ? output : fieldOf(output, "kind");
  if (!OF_ONE_TEMPLATE.has(kind)) return [];
  const known = templates.map(nameOf);
  const wanted = fieldOf(output, "template") ?? defaultTemplate(known);
  if (wanted === undefined)
    return [
      {
        path: [...path, "template"],
        message: 'is missing: there is more than one template, and none is called "default"',
        hint: `one of ${known.map(show).join(", ")}`,
      },
    ];
  const template = templates.find(([, , name]) => name === wanted);
  if (template === undefined) return [];
  const agents = membersOf(fieldOf(template[0], "agents"), []).map(nameOf);
  const agent = fieldOf(output, "agent");
  const listed = itemsOf(fieldOf(output, "agents"), [...path, "agents"]);
  const named = agent === undefined ? listed : [[agent, [...path, "agent"]] as const, ...listed];
  return named.flatMap(([name, at]) =>
    typeof name === "string" && !agents.includes(name)
      ? [unknownName(at, "agent", name, agents)]
      : [],
  );
}

/** Whether the inputs of a flake's inputs follow such as the flake has. */
function checkFollows(output: unknown, path: Path): Diagnostic[] {
  const inputs = membersOf(fieldOf(output, "inputs"), [...path, "inputs"]);
  // A flake has nixpkgs though nobody says so.
  const known = [...new Set(["nixpkgs", ...inputs.map(nameOf)])];
  return inputs
    .flatMap(([input, at]) => membersOf(fieldOf(input, "follows"), [...at, "follows"]))
    .flatMap(([followed, at]) => {
      if (typeof followed !== "string" || brokenBy(followed, followedInput) !== undefined)
        return [];
      const [first = ""] = followed.split("/");
      if (first === "" || known.includes(first)) return [];
      return [
        {
          path: at,
          message: `${show(first)} is no input of this flake`,
          hint: suggest(first, known, "declare it"),
        },
      ];
    });
}

function checkFile(output: unknown, path: Path, file: string): Diagnostic[] {
  const kind = typeof output === "string" ? output : fieldOf(output, "kind");
  if (kind !== "flake" || /(?:^|\/)flake\.nix$/.test(file)) return [];
  return [
    {
      path,
      message: `${show(file)} cannot be a flake: Nix looks for flake.nix`,
      hint: 'name it "flake.nix", in a directory of its own if need be',
    },
  ];
}
