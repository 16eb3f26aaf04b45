export type { Call, Decision, Usage } from "./call.ts";
