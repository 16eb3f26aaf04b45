import { show } from "./show.ts";

/** Why a value breaks a rule, and the way out. */
export interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** One condition on a text. What it tests is what the JSON Schema shows. */
interface TextClause {
  /** What the text has to match; one of a rule's conditions may say that. */
  readonly pattern?: RegExp;
  /** What it must not match. */
  readonly not?: RegExp;
  readonly maxBytes?: number;
  readonly problem: (text: string) => Problem;
}

/** The conditions on a text, in the order in which they speak up. */
export type TextRule = readonly TextClause[];

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** The range of a whole number. */
export interface NumberRule extends Range {
  /** A range within it that it must not be of. */
  readonly not?: Range;
  readonly problem: (value: number) => Problem;
}

/** Why a text breaks a rule; nothing when it keeps it. */
export function brokenBy(text: string, rule: TextRule): Problem | undefined {
  return rule
    .find(
      ({ pattern, not, maxBytes }) =>
        pattern?.test(text) === false ||
        not?.test(text) ||
        (maxBytes !== undefined && Buffer.byteLength(text) > maxBytes),
    )
    ?.problem(text);
}

/** Why a number breaks a rule; nothing when it keeps it. */
export function numberBrokenBy(value: number, rule: NumberRule): Problem | undefined {
  const { not, problem } = rule;
  const keeps = Number.isInteger(value) && isWithin(value, rule);
  return keeps && !(not && isWithin(value, not)) ? undefined : problem(value);
}

export function isWithin(value: number, { minimum, maximum }: Range): boolean {
  return value >= minimum && value <= maximum;
}

/** The way out of a name: another one that keeps the rule, if there is a likely one. */
export function example(name: string, longest: number, otherwise: string): string {
  return name === "" || name.length > longest ? otherwise : `for example ${show(name)}`;
}
