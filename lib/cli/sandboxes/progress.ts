import type { createLogUpdate } from "log-update";
import type { DriverEvent, OnEvent, Task } from "../../driver/events.ts";
import { withoutKeys } from "../../schema/keys.ts";
import type { Terminal } from "../terminal.ts";

export interface Progress {
  readonly onEvent: OnEvent;
  /** Leaves what is shown as it is. */
  readonly end: () => void;
}

interface ProgressOptions {
  readonly json: boolean;
  /** Whether to show what the tools write. */
  readonly verbose: boolean;
}

/** Tells what a driver does: as a list that changes on a terminal, else a line for each step, or as JSON. */
export async function progress(
  terminal: Terminal,
  { json, verbose }: ProgressOptions,
): Promise<Progress> {
  if (json)
    return {
      onEvent: (event) => terminal.write(`${JSON.stringify(event, redacted)}\n`),
      end: () => {},
    };
  const { live } = terminal;
  if (live === undefined || verbose) return plain(terminal, verbose);
  const { createLogUpdate } = await import("log-update");
  return list(createLogUpdate(live, { showCursor: true }), terminal);
}

/** Each text by itself: what stands for a key would else stand for the JSON around it. */
function redacted(_: string, value: unknown): unknown {
  return typeof value === "string" ? withoutKeys(value) : value;
}

function plain({ writeError }: Terminal, verbose: boolean): Progress {
  const onEvent = (event: DriverEvent) => {
    if (event.kind === "step" && event.state === "started")
      writeError(`${event.sandbox}: ${event.title}\n`);
    if (event.kind === "log" && verbose)
      writeError(withoutKeys(`${event.sandbox}:   ${event.line}\n`));
    writeError(remark(event));
  };
  return { onEvent, end: () => {} };
}

const HEADINGS: Readonly<Record<Task, string>> = {
  up: "making the sandbox",
  down: "removing the sandbox",
  reset: "making the sandbox anew",
  rotate: "bringing new secrets into the sandbox",
  undo: "taking it back",
  gc: "removing what is left of",
};
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 80;

type State = "waiting" | "started" | "finished" | "failed";

/** Several sandboxes are told of one after the other. */
function list(update: ReturnType<typeof createLogUpdate>, { writeError }: Terminal): Progress {
  let heading = "";
  let steps: { id: string; title: string; state: State; from: number; lasted: number }[] = [];
  let frame = 0;
  const draw = () => {
    const lines = steps.map(({ title, state, from, lasted }) => {
      const seconds = state === "started" ? performance.now() - from : lasted;
      const time = seconds < 1000 ? "" : `  ${(seconds / 1000).toFixed(1)} s`;
      return `  ${markOf(state, frame)} ${title}${time}`;
    });
    update([heading, ...lines].join("\n"));
  };
  const timer = setInterval(() => {
    frame++;
    if (steps.length > 0) draw();
  }, FRAME_MS);
  timer.unref();
  const settle = () => {
    if (steps.length > 0) {
      draw();
      update.done();
    }
    steps = [];
  };
  const onEvent = (event: DriverEvent) => {
    if (event.kind === "plan") {
      settle();
      heading = `${HEADINGS[event.task]} ${event.sandbox}`;
      steps = event.steps.map((step) => ({ ...step, state: "waiting", from: 0, lasted: 0 }));
      draw();
    } else if (event.kind === "step") {
      const step = steps.find(({ id }) => id === event.step);
      if (step === undefined) return;
      if (event.state === "started") step.from = performance.now();
      else step.lasted = performance.now() - step.from;
      step.state = event.state;
      draw();
    } else if (event.kind !== "log") {
      update.clear();
      writeError(remark(event));
      if (steps.length > 0) draw();
    }
  };
  return {
    onEvent,
    end: () => {
      clearInterval(timer);
      settle();
    },
  };
}

function markOf(state: State, frame: number): string {
  switch (state) {
    case "waiting":
      return "·";
    case "started":
      return FRAMES[frame % FRAMES.length] ?? "";
    case "finished":
      return "✔";
    case "failed":
      return "✖";
  }
}

function remark(event: DriverEvent): string {
  if (event.kind === "waiting") return withoutKeys(`forage: ${event.sandbox}: ${event.message}\n`);
  if (event.kind !== "warning") return "";
  return withoutKeys(`forage: warning: ${event.sandbox}: ${event.message}\n  ${event.hint}\n`);
}
