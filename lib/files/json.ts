import { type DocumentNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { type Diagnostic, ForageError, type Path } from "../error.ts";
import { show, showPath } from "../schema/show.ts";

const SYNTAX_HINT = "JSON takes neither comments nor a comma after the last item";
/** Far more than any configuration has, and far less than would exhaust the parser's stack. */
const DEEPEST = 100;

/**
 * Reads JSON more strictly than `JSON.parse`: of two properties of one name it would drop the first without a word, and
 * with it an agent.
 *
 * @throws ForageError `config-file` with the line and column of what is wrong
 */
export function parseJson(text: string, name: string): unknown {
  const source = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (isTooDeep(source)) throw tooDeep(name);
  const twice = duplicates(parseTree(source, name).body, [], name);
  if (twice.length > 0) throw new ForageError("config-file", twice);
  try {
    return JSON.parse(source);
  } catch (error) {
    throw syntaxError(name, positionOf(error, source), source);
  }
}

function isTooDeep(source: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (isInText && character === "\\") at++;
    else if (character === '"') isInText = !isInText;
    else if (isInText) continue;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}

function tooDeep(name: string): ForageError {
  return new ForageError("config-file", [
    {
      path: [],
      message: `${name} is nested more than ${DEEPEST} levels deep, as no configuration is`,
      hint: "look for a bracket that is never closed",
    },
  ]);
}

interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

function parseTree(source: string, name: string): DocumentNode {
  try {
    return parse(source, { mode: "json" });
  } catch (error) {
    throw syntaxError(name, isPosition(error) ? error : undefined, source);
  }
}

/** Where the parser stopped, unless that is the end: then it names a place before it. */
function isPosition(error: unknown): error is Position {
  return error instanceof Error && "offset" in error && !error.message.includes("end of input");
}

/** What `JSON.parse` alone refuses, such as a line break inside of text. */
function positionOf(error: unknown, source: string): Position | undefined {
  const found = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (found === undefined) return undefined;
  const lines = source.slice(0, Number(found)).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1, offset: Number(found) };
}

// One character only: the text around it may be a key.
function syntaxError(name: string, at: Position | undefined, source: string): ForageError {
  const character = at === undefined ? undefined : source[at.offset];
  const found = character === undefined ? "an unexpected end" : `an unexpected ${show(character)}`;
  const place = at === undefined ? "" : ` at line ${at.line}, column ${at.column}`;
  return new ForageError("config-file", [
    { path: [], message: `${name} is no JSON: ${found}${place}`, hint: SYNTAX_HINT },
  ]);
}

function duplicates(node: ValueNode, path: Path, name: string): Diagnostic[] {
  if (node.type === "Array")
    return node.elements.flatMap(({ value }, index) => duplicates(value, [...path, index], name));
  if (node.type !== "Object") return [];
  const lines = new Map<string, number>();
  return node.members.flatMap(({ name: key, value, loc }) => {
    const property = key.type === "String" ? key.value : key.name;
    const at = [...path, property];
    const first = lines.get(property);
    const { line, column } = loc.start;
    lines.set(property, first ?? line);
    const inner = duplicates(value, at, name);
    if (first === undefined) return inner;
    return [
      {
        path: showPath(at),
        message: `stands twice in ${name}, first at line ${first} and again at line ${line}, column ${column}`,
        hint: "remove or rename one of the two",
      },
      ...inner,
    ];
  });
}
