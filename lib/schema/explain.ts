import type { z } from "zod";
import type { Diagnostic, Path } from "../error.ts";
import { isNode } from "../nix/node.ts";
import { isRecord } from "./parts.ts";
import { show } from "./show.ts";
import { suggest } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

/** Zod's issues in our words. */
export function explain(issues: readonly Issue[]): Diagnostic[] {
  return issues.flatMap(explainIssue);
}

function explainIssue(issue: Issue): Diagnostic[] {
  const path = issue.path.map((segment) =>
    typeof segment === "number" ? segment : String(segment),
  );
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => ({
        path: [...path, name],
        message: "unknown field",
        hint: suggest(name, issue.message.split(" "), "leave it out"),
      }));
    case "invalid_union":
      if (issue.errors.length === 0) return [unknownKind(path, issue)];
      return explain(likeliestBranch(issue.errors)).map((inner) => ({
        ...inner,
        path: [...path, ...inner.path],
      }));
    case "invalid_type":
      return [{ path, ...wrongType(issue.expected, issue.input, path.at(-1)) }];
    case "invalid_value": {
      const known = issue.values.map(String);
      return [
        {
          path,
          message: `${show(issue.input)} is none of ${known.map(show).join(", ")}`,
          hint: suggest(issue.input, known, "leave it out"),
        },
      ];
    }
    case "custom": {
      const hint: unknown = issue.params?.["hint"];
      return [{ path, message: issue.message, ...(typeof hint === "string" && { hint }) }];
    }
    default:
      return [{ path, message: `${show(issue.input)} breaks the rule ${issue.code}` }];
  }
}

/** No form has this discriminator; the message is the names of those that there are. */
function unknownKind(path: Path, { input, message }: Issue): Diagnostic {
  const kind = isRecord(input) ? input["kind"] : undefined;
  const known = message.split(" ");
  if (kind === undefined)
    return {
      path,
      message: "is missing: an output is of some kind",
      hint: `one of ${known.map(show).join(", ")}`,
    };
  return {
    path,
    message: `${show(kind)} is no kind of output`,
    hint: suggest(kind, known, "leave it out"),
  };
}

/** Of the forms that a field may have, the one that was meant: its problems lie deeper than "not this form". */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const deeper = branches.find(
    ([first]) => first?.code !== "invalid_type" || first.path.length > 0,
  );
  return deeper ?? branches.at(-1) ?? [];
}

const WANTED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  string: ["text", "write it in quotes"],
  number: ["a number", "write it without quotes"],
  boolean: ["true or false", "write it without quotes"],
  array: ["a list", 'write ["…", "…"]'],
  map: ["an object", "write { name: … }"],
  object: ["an object", "write { field: … }"],
};

const MISSING_HINTS: Readonly<Record<string, string>> = {
  agents: 'write agents: { claude: { package: "claude-code" } }',
  templates: "write templates: { default: { agents: { … } } }",
};

function wrongType(
  expected: string,
  input: unknown,
  field: string | number | undefined,
): { readonly message: string; readonly hint: string } {
  const [what, hint] = WANTED[expected] ?? [expected, "write that"];
  if (input === undefined) {
    const known = typeof field === "string" && Object.hasOwn(MISSING_HINTS, field);
    return { message: "is missing", hint: (known && MISSING_HINTS[field]) || `add it: ${what}` };
  }
  const message = `${what} is wanted, not ${show(input)}`;
  if (input === null) return { message, hint: "leave it out, or write a value" };
  // A Nix path would be copied into the world-readable store.
  if (isNode(input) && input.kind === "path")
    return { message, hint: "write the path as text: Nix copies a path literal into its store" };
  return { message, hint };
}
