import { expect, it } from "vitest";
import { configJsonSchema } from "../../lib/schema/json-schema.ts";
import { forage } from "../support/forage.ts";

it("forage schema prints the JSON Schema of a configuration", async () => {
  const { status, out, err } = await forage(["schema"], "/");
  expect([status, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  expect(out).toMatch(/^\{\n {2}"(?:.|\n)*\n\}\n$/);
  expect(JSON.parse(out)).toMatchObject({ properties: { templates: {}, outputs: {} } });
});

it("forage schema takes no arguments", async () => {
  const { status, err } = await forage(["schema", "x"], "/");
  expect(status).toBe(2);
  expect(err).toMatch(/too many arguments/);
});
