/** What systemd says of a container's unit. */
export interface UnitState {
  /** Such as "active", "inactive", "failed" or "activating". */
  readonly active: string;
  /** How it ended: "success", or such as "timeout" or "exit-code". */
  readonly result: string;
  /** When it last became active, in ISO 8601. */
  readonly since: string | undefined;
}

/** Whether a unit is at rest: one that starts, stops or reloads has not ended. */
export function hasEnded(state: Pick<UnitState, "active"> | undefined): boolean {
  return state === undefined || state.active === "inactive" || state.active === "failed";
}
