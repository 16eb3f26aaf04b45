import { ForageError } from "../error.ts";
import type { Task } from "./events.ts";
import { explain } from "./explain.ts";
import type { Lock } from "./lock.ts";
import type { Places } from "./places.ts";
import { planDown } from "./plan.ts";
import type { SandboxRecord } from "./records.ts";
import type { Step } from "./steps.ts";
import { type Context, doSteps, type Interruptible, together, tryAllSteps } from "./work.ts";

interface MakeOptions extends Interruptible {
  readonly lock: Lock;
  readonly task: Task;
}

/** Does the steps that end in a running sandbox; if one fails, takes back all that there is of it. */
export async function make(
  context: Context,
  record: SandboxRecord,
  places: Places,
  steps: readonly Step[],
  { lock, task, signal }: MakeOptions,
): Promise<SandboxRecord> {
  const { host } = context;
  const { name } = record;
  const state = task === "up" ? "starting" : "resetting";
  let current: Step | undefined;
  const before = async (step: Step) => {
    current = step;
    await host.records.write({ ...record, state, step: step.id });
  };
  try {
    await doSteps(context, steps, { sandbox: name, task, lock, signal, before });
    const made: SandboxRecord = { ...record, state: "up", since: new Date().toISOString() };
    await host.records.write(made);
    return made;
  } catch (error) {
    const told = await explain(error, current, places, host);
    const undone = await undo(context, name, places, lock);
    throw undone === undefined || !(told instanceof ForageError) ? told : together([told, undone]);
  }
}

/** What could not be taken back. */
async function undo(
  context: Context,
  name: string,
  places: Places,
  lock: Lock,
): Promise<ForageError | undefined> {
  try {
    const steps = planDown(name, places, context.limits);
    await tryAllSteps(context, steps, { sandbox: name, task: "undo", lock });
    return undefined;
  } catch (error) {
    if (error instanceof ForageError) return error;
    throw error;
  }
}
