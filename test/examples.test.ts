import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import twoAgents from "../examples/two-agents/forage.config.ts";
import { renderWrappers } from "../lib/index.ts";

it("examples/two-agents/wrappers.nix is what its definition generates", () => {
  const file = new URL("../examples/two-agents/wrappers.nix", import.meta.url);
  expect(renderWrappers(twoAgents.templates.default)).toBe(readFileSync(file, "utf8"));
});
