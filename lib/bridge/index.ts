export { bridgeSetup, type SetupOptions } from "../emit/bridge-setup.ts";
export type { BridgeSetup, Credential, Grant } from "../schema/bridge-setup.ts";
export { type Bridge, type BridgeOptions, startBridge } from "./bridge.ts";
export type { Call, Decision, Usage } from "./call.ts";
export type { HookAnswer, HookRequest, HookResponse, HookResponseAnswer, Hooks } from "./hooks.ts";
export type { Limiter } from "./limits/limiter.ts";
export type { Sums } from "./metrics.ts";
export type { BridgeState, Peers } from "./peers.ts";
export type { RunCommand } from "./values.ts";
