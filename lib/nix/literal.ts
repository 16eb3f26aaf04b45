import type { Path } from "../error.ts";
import { numberNode } from "./node.ts";
import { floatDigits, isInt64 } from "./number.ts";
import { refuse, shown } from "./refuse.ts";
import { type Nix, nixNode } from "./tree.ts";

export function liftInteger(value: bigint, path: Path): Nix {
  if (!isInt64(value))
    throw refuse(path, `${value} is beyond Nix's 64-bit integers`, "pass it as a string");
  if (value >= 0n) return numberNode(String(value));
  // The literal -9223372036854775808 is read as minus 9223372036854775808, which is out of range.
  if (!isInt64(-value))
    return {
      [nixNode]: true,
      kind: "binary",
      operator: "-",
      left: negative(String(-value - 1n)),
      right: numberNode("1"),
    };
  return negative(String(-value));
}

/** Nix refuses subnormal floats, which C's strtod reports as out of range. */
const SMALLEST_NORMAL = 2 ** -1022;

export function liftFloat(value: number, path: Path): Nix {
  if (!Number.isFinite(value))
    throw refuse(
      path,
      `${shown(value)} is no Nix number`,
      "leave it out, or pass null or a string",
    );
  if (value !== 0 && Math.abs(value) < SMALLEST_NORMAL)
    throw refuse(path, `${value} is smaller than what Nix reads`, "write 0");
  const digits = floatDigits(Math.abs(value));
  return value < 0 || Object.is(value, -0) ? negative(digits) : numberNode(digits);
}

function negative(digits: string): Nix {
  return { [nixNode]: true, kind: "unary", operator: "-", operand: numberNode(digits) };
}

export function liftNumber(value: number, path: Path): Nix {
  if (!Number.isInteger(value) || Object.is(value, -0)) return liftFloat(value, path);
  if (Number.isSafeInteger(value)) return liftInteger(BigInt(value), path);
  throw refuse(
    path,
    `${value} is an integer that JavaScript cannot hold exactly`,
    "pass a bigint, or float() for a float",
  );
}
