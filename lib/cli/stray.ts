import { ForageError } from "../error.ts";
import { thrownText } from "../files/thrown.ts";

/** The failure of what a configuration started and does not wait for. */
export function strayError(error: unknown): ForageError {
  const [first = ""] = thrownText(error).split("\n");
  const problem = {
    path: [],
    message: `what the configuration started failed: ${first}`,
    hint: "await it in the configuration",
  };
  return new ForageError("config-file", [problem], { cause: error });
}
