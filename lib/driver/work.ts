import { type Diagnostic, ForageError } from "../error.ts";
import type { OnEvent, Task } from "./events.ts";
import type { Host } from "./host.ts";
import type { Lock } from "./lock.ts";
import { stopIfAborted } from "./problems.ts";
import type { Step } from "./steps.ts";
import type { TimeLimits } from "./time-limits.ts";

/** What the driver's functions work with. */
export interface Context {
  readonly host: Host;
  readonly limits: TimeLimits;
  readonly onEvent: OnEvent;
}

/** Options of whatever may be cut short. */
export interface Interruptible {
  /** Stops the work, and undoes what would be half of something. */
  readonly signal?: AbortSignal | undefined;
}

interface StepOptions extends Interruptible {
  readonly sandbox: string;
  readonly task: Task;
  readonly lock: Lock;
  /** Notes that a step comes next. */
  readonly before?: (step: Step) => Promise<void>;
}

/** Does steps in their order, up to the first that fails. */
export async function doSteps(
  context: Context,
  steps: readonly Step[],
  options: StepOptions,
): Promise<void> {
  announce(context, steps, options);
  for (const step of steps) await doStep(context, step, options);
}

/**
 * Does every step, whatever became of those before it, and throws all that went wrong. The last one is done only when all
 * others were: it removes the record, by which what is left can be found again.
 */
export async function tryAllSteps(
  context: Context,
  steps: readonly Step[],
  options: StepOptions,
): Promise<void> {
  announce(context, steps, options);
  const failures: ForageError[] = [];
  for (const step of steps) {
    if (step === steps.at(-1) && failures.length > 0) break;
    try {
      await doStep(context, step, options);
    } catch (error) {
      if (!(error instanceof ForageError)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw together(failures);
}

function announce(
  { onEvent }: Context,
  steps: readonly Step[],
  { sandbox, task }: StepOptions,
): void {
  const told = steps.map(({ id, title }) => ({ id, title }));
  onEvent({ kind: "plan", sandbox, task, steps: told });
}

async function doStep({ host, onEvent }: Context, step: Step, options: StepOptions): Promise<void> {
  const { sandbox, signal, lock, before } = options;
  const { id, title } = step;
  stopIfAborted(signal, options.task);
  const tell = (state: "started" | "finished" | "failed") =>
    onEvent({ kind: "step", sandbox, step: id, title, state });
  await before?.(step);
  tell("started");
  try {
    await host.perform(step, {
      signal,
      holding: lock.file,
      onLine: (line) => onEvent({ kind: "log", sandbox, step: id, line }),
      onWarning: (message, hint) => onEvent({ kind: "warning", sandbox, message, hint }),
    });
  } catch (error) {
    tell("failed");
    // Whatever it failed of: it was to end.
    stopIfAborted(signal, options.task);
    throw error;
  }
  tell("finished");
}

/** One error of several; of what kind it is says the first. */
export function together(errors: readonly ForageError[]): ForageError {
  const [first] = errors;
  if (first === undefined || errors.length === 1) return first as ForageError;
  const diagnostics: Diagnostic[] = errors.flatMap((error) => error.diagnostics);
  const process = first.process === undefined ? {} : { process: first.process };
  return new ForageError(first.code, diagnostics, { cause: first, ...process });
}
