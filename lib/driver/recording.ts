import { type Driver, type DriverOptions, driverOf } from "./driver.ts";
import type { Host } from "./host.ts";
import { insideArgv } from "./inside.ts";
import { placesOf } from "./places.ts";
import type { SandboxRecord } from "./records.ts";
import type { Step } from "./steps.ts";

/** A driver that changes nothing and runs nothing. */
export interface RecordingDriver extends Driver {
  /** What would have been done, in its order. */
  readonly steps: readonly Step[];
  /** The command lines of what would have been run in sandboxes. */
  readonly commands: readonly (readonly string[])[];
}

/**
 * A driver for tests, and for a look at what would be done: it notes the exact steps, with their command lines, files and
 * modes. It checks definitions as the other does, and takes the machine for one where all is well.
 *
 * @example
 * const driver = recordingDriver();
 * await driver.up(config, { name: "alice" });
 * expect(driver.steps.map(({ id }) => id)).toContain("build");
 */
export function recordingDriver(options: DriverOptions = {}): RecordingDriver {
  const steps: Step[] = [];
  const commands: (readonly string[])[] = [];
  return { ...driverOf(recordingHost(steps, commands), options), steps, commands };
}

function recordingHost(steps: Step[], commands: (readonly string[])[]): Host {
  const records = new Map<string, SandboxRecord>();
  const inactive = { active: "inactive", result: "success", since: undefined };
  return {
    records: {
      read: async (name) => records.get(name),
      write: async (record) => void records.set(record.name, record),
      names: async () => [...records.keys()].toSorted(),
    },
    perform: async (step) => {
      steps.push(step);
      const { action } = step;
      // What the record's directory goes with.
      if (action.kind === "remove")
        for (const name of [...records.keys()])
          if (action.paths.includes(placesOf(name).state)) records.delete(name);
    },
    lock: async () => ({ file: -1, release: async () => {} }),
    unitStates: async (units) =>
      new Map(
        units.map((unit) => [
          unit,
          isUp(records, unit) ? { ...inactive, active: "active" } : inactive,
        ]),
      ),
    placesOf: async (name) => placesOf(name),
    checkTools: async () => {},
    workspace: async (path) => path,
    checkSources: async () => {},
    checkBlueprint: async () => [],
    hasContainer: async () => false,
    leftTemporaries: async () => [],
    lastLog: async () => "",
    traces: async () => new Map(),
    exec: async (record, argv) => {
      commands.push(insideArgv(record, argv));
      return { status: 0, stdout: "", stderr: "" };
    },
  };
}

function isUp(records: ReadonlyMap<string, SandboxRecord>, unit: string): boolean {
  return [...records.values()].some(
    ({ name, state }) => state === "up" && placesOf(name).unit === unit,
  );
}
