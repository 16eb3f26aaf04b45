const INT64_MAX = 2n ** 63n - 1n;

/** Whether an integer fits in Nix's 64 bits. */
export function isInt64(value: bigint): boolean {
  return value >= -INT64_MAX - 1n && value <= INT64_MAX;
}

/** The digits of a finite float of zero or more, in the form that Nix parses: always a point, and never `1e3`. */
export function floatDigits(value: number): string {
  const text = String(value);
  const exponentAt = text.indexOf("e");
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const pointed = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  if (exponentAt < 0) return pointed;
  const exponent = Number(text.slice(exponentAt + 1));
  // Between 1e-7 and 1e-20 a Nix person writes the zeros.
  if (exponent < 0 && exponent >= -20)
    return `0.${"0".repeat(-exponent - 1)}${mantissa.replace(".", "")}`;
  return `${pointed}e${exponent}`;
}
