import type { Path } from "../error.ts";
import { isRecord } from "./parts.ts";

export type Member = readonly [value: unknown, path: Path, name: string];

/** The members of what may be an object, with where each stands. */
export function membersOf(value: unknown, path: Path): Member[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([name, member]) => [member, [...path, name], name]);
}

/** The items of what may be a list, with where each stands. */
export function itemsOf(value: unknown, path: Path): (readonly [value: unknown, path: Path])[] {
  return Array.isArray(value) ? value.map((item, index) => [item, [...path, index]]) : [];
}

/** A field of what may be an object. */
export function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
