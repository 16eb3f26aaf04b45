import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Rendering } from "../../lib/emit/rendering.ts";

/** A user to whom permissions apply: `nobody`, on every Linux. */
export const NOBODY = 65534;

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));
const SCRIPT = `
  import { createJiti } from "jiti";
  const [lib, name, rendering, ...rest] = JSON.parse(process.argv[1]);
  const jiti = createJiti(lib + "/", { fsCache: false });
  const known = { ...(await jiti.import("./files/write.ts")), ...(await jiti.import("./files/check.ts")) };
  if (process.getuid() === 0) {
    process.setgroups([]);
    process.setgid(${NOBODY});
    process.setuid(${NOBODY});
  }
  try {
    const value = await known[name]({ ...rendering, files: new Map(rendering.files) }, ...rest);
    console.log(JSON.stringify({ value }));
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }
`;

export interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

/** Calls a function of lib/files as a user who is not root, in a process of its own. */
export async function asNobody(
  name: "writeFiles" | "checkFiles",
  { configFile, files }: Rendering,
  directory: string,
  { options = {}, limits = "true" }: { readonly options?: object; readonly limits?: string } = {},
): Promise<Outcome> {
  const args = JSON.stringify([LIB, name, { configFile, files: [...files] }, directory, options]);
  const node = [process.execPath, "--input-type=module", "--eval", SCRIPT, "--", args];
  const shell = ["-c", `${limits} && exec "$@"`, "bash", ...node];
  const { stdout } = await execa("bash", shell, { cwd: LIB });
  return JSON.parse(stdout) as Outcome;
}
