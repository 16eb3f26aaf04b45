import { z } from "zod";
import { configSchema } from "./config.ts";

type Json = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft 2020-12) of a `forage.config.json`. Rules that span several fields are mostly beyond it. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...toJson(configSchema) };
}

function toJson(schema: z.core.$ZodType): Json {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: ({ zodSchema }) => mapAsObject(zodSchema),
    override: ({ jsonSchema }) => {
      // Zod's word for a frozen result; to an editor it is a field that nobody may write.
      delete jsonSchema.readOnly;
      allowShorthand(jsonSchema);
    },
  });
}

/** `record` of parts.ts parses objects as Maps. */
function mapAsObject(schema: z.core.$ZodTypes): Json | "throw" {
  const { def } = schema._zod;
  if (def.type !== "map") return "throw";
  const { $schema, ...object } = toJson(
    z.record(def.keyType as z.core.$ZodRecordKey, def.valueType),
  );
  return object;
}

/** Where a schema's `shorthand` names a field, its text can stand for each form that needs no other. */
function allowShorthand(json: Json): void {
  const field = json["shorthand"];
  if (typeof field !== "string" || json.oneOf === undefined) return;
  delete json["shorthand"];
  const texts = json.oneOf.flatMap(({ properties, required }) => {
    const kind = properties?.[field];
    const isEnough = required?.every((name) => name === field) === true;
    return isEnough && typeof kind === "object" ? (kind.const ?? []) : [];
  });
  json.oneOf = [{ type: "string", enum: texts }, ...json.oneOf];
}
