import { ForageError } from "../error.ts";
import { show } from "../schema/show.ts";
import type { Task } from "./events.ts";
import { explain } from "./explain.ts";
import type { Host } from "./host.ts";
import type { Lock } from "./lock.ts";
import type { Places } from "./places.ts";
import { planDown, WITHOUT_CONTAINER } from "./plan.ts";
import { problem, stopIfAborted } from "./problems.ts";
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
  let noted = record;
  const before = async (step: Step) => {
    // Somebody else may have made one of that name while the system was built.
    if (step.id === "create" && task === "up") await checkNoContainer(host, name, places);
    const next = { ...record, state, step: step.id } as const;
    await host.records.write(next);
    noted = next;
    current = step;
  };
  try {
    await doSteps(context, steps, { sandbox: name, task, lock, signal, before });
    // Who asked for its end before it was up is not to find it.
    stopIfAborted(signal, task);
    const made: SandboxRecord = { ...record, state: "up", since: new Date().toISOString() };
    await host.records.write(made);
    return made;
  } catch (error) {
    // What was not begun is as it was.
    if (current === undefined) throw error;
    if (isTaken(error)) noted = { ...record, state: "starting", step: WITHOUT_CONTAINER };
    const told = await explain(error, current, places, host);
    const undone = await undo(context, noted, places, lock);
    throw undone === undefined || !(told instanceof ForageError) ? told : together([told, undone]);
  }
}

/** Whether nixos-container found one of that name, which somebody has made since we looked. */
function isTaken(error: unknown): boolean {
  return error instanceof ForageError && /already exists$/m.test(error.process?.stderr ?? "");
}

/** @throws ForageError `sandbox` when the host has a container of that name that is not ours */
export async function checkNoContainer(host: Host, name: string, places: Places): Promise<void> {
  if (!(await host.hasContainer(places))) return;
  throw problem(
    "sandbox",
    `the host has a container ${show(name)} that is no sandbox of \`forage up\`, or what is left of one`,
    `choose another name; what there is of it: ${places.conf}, ${places.root}, ${places.profiles}`,
  );
}

/** What could not be taken back. */
async function undo(
  context: Context,
  record: SandboxRecord,
  places: Places,
  lock: Lock,
): Promise<ForageError | undefined> {
  const { name } = record;
  try {
    const steps = planDown(name, places, context.limits, record);
    await tryAllSteps(context, steps, { sandbox: name, task: "undo", lock });
    return undefined;
  } catch (error) {
    if (error instanceof ForageError) return error;
    throw error;
  }
}
