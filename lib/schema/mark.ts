/** Marks what the `define…` functions returned. A copy by spreading is unchecked, and so unmarked. */
const checkedMark: unique symbol = Symbol.for("forage-nix.checked") as never;

type Checked = "template" | "config";

/** Freezes and marks a validated value. */
export function markChecked<T extends object>(value: T, kind: Checked): Readonly<T> {
  Object.defineProperty(value, checkedMark, { value: kind });
  return Object.freeze(value);
}

/** Whether `defineTemplate` or `defineConfig` made a value. */
export function isChecked(value: unknown, kind: Checked): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getOwnPropertyDescriptor(value, checkedMark)?.value === kind
  );
}
