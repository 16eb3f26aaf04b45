import { renderOutputs } from "forage-nix";
import { expect, test } from "vitest";
import config from "./forage.config.ts";

test.each([...renderOutputs(config).files])("%s is what the definition gives", (file, text) =>
  expect(text).toMatchFileSnapshot(file),
);
