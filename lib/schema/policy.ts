import { z } from "zod";
import { headerName, modelName, wholeNumber } from "./bridge-names.ts";
import type { Limits, Policy } from "./bridge-types.ts";
import { amount, fields, number, text } from "./parts.ts";
import { allowed, headers } from "./provider.ts";

function limit(what: string): z.ZodType<number> {
  return number(wholeNumber(what, 1, Number.MAX_SAFE_INTEGER));
}

/** How much may be asked for. */
export const limitsSchema: z.ZodType<Limits> = fields({
  requestsPerMinute: limit("a number of requests").optional().describe("Requests in a minute."),
  concurrentRequests: limit("a number of requests").optional().describe("Requests at one time."),
  tokensPerMinute: limit("a number of tokens")
    .optional()
    .describe("Tokens in a minute: input, output and cached ones, as the provider counts them."),
  tokensPerDay: limit("a number of tokens").optional().describe("The same in a day."),
  dollarsPerDay: amount("a budget", "above zero")
    .optional()
    .describe("US dollars in a day, by the price table."),
}).readonly();

/** What requests may be. */
export const policySchema: z.ZodType<Policy> = fields({
  allow: allowed.optional().describe("What may be asked for, in place of the provider's."),
  models: z
    .array(text(modelName))
    .readonly()
    .optional()
    .describe("The models that may be asked for; `*` stands for any characters."),
  maxTokens: limit("a number of tokens")
    .optional()
    .describe("The most tokens that an answer may be asked to have."),
  setHeaders: headers.optional().describe("Headers that each request gets."),
  removeHeaders: z
    .array(text(headerName))
    .readonly()
    .optional()
    .describe("Headers that no request keeps."),
}).readonly();
