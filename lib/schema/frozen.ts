/** The same plain data, which nobody can change any more. */
export function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) frozen(inner);
  return Object.freeze(value);
}
