import type { Host } from "./host.ts";
import { placesOf } from "./places.ts";
import type { SandboxRecord } from "./records.ts";
import { hasEnded } from "./unit-state.ts";

/** A sandbox as `ps` shows it. */
export interface SandboxStatus {
  readonly name: string;
  readonly template: string;
  /** Whether it runs, has ended, or is being worked on (or was, when that was cut off). */
  readonly state: SandboxRecord["state"] | "stopped";
  /** Since when, in ISO 8601. */
  readonly since: string;
  readonly agents: readonly string[];
  readonly workspace: string | null;
}

/** All sandboxes, by their names. It needs no root. */
export async function list({ records, unitStates }: Host): Promise<readonly SandboxStatus[]> {
  const names = await records.names();
  const all = (await Promise.all(names.map(records.read))).filter((record) => record !== undefined);
  const units = await unitStates(all.map(({ name }) => placesOf(name).unit));
  return all.map(({ name, template, state, since, agents, workspace }) => {
    const unit = units.get(placesOf(name).unit);
    const isRunning = !hasEnded(unit);
    return {
      name,
      template,
      state: state === "up" && !isRunning ? "stopped" : state,
      since: (isRunning ? unit?.since : undefined) ?? since,
      agents: agents.map((agent) => agent.name),
      workspace: workspace ?? null,
    };
  });
}
