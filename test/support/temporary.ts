import { dir } from "tmp-promise";
import { afterAll, beforeAll } from "vitest";

/** A directory for the tests of the file or describe block in which it is called. */
export function temporaryDirectory(mode = 0o700): () => string {
  let made: Awaited<ReturnType<typeof dir>> | undefined;
  beforeAll(async () => {
    made = await dir({ unsafeCleanup: true, mode });
  });
  afterAll(() => made?.cleanup());
  return () => {
    if (made === undefined) throw new Error("the directory is there once the tests run");
    return made.path;
  };
}
