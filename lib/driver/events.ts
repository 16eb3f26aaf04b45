/** What a driver tells while it works. Each is plain data, and holds no secret. */
export type DriverEvent =
  /** What is going to be done. */
  | {
      readonly kind: "plan";
      readonly sandbox: string;
      readonly task: Task;
      readonly steps: readonly { readonly id: string; readonly title: string }[];
    }
  | {
      readonly kind: "step";
      readonly sandbox: string;
      readonly step: string;
      readonly title: string;
      readonly state: "started" | "finished" | "failed";
    }
  /** A line that a tool wrote. */
  | {
      readonly kind: "log";
      readonly sandbox: string;
      readonly step: string;
      readonly line: string;
    }
  /** Something that the user should know of, and that stops nothing. */
  | {
      readonly kind: "warning";
      readonly sandbox: string;
      readonly message: string;
      readonly hint: string;
    }
  /** Another command works on the sandbox, and this one waits for it. */
  | { readonly kind: "waiting"; readonly sandbox: string; readonly message: string };

/** What is done with a sandbox; `undo` is what follows an `up` or a `reset` that failed. */
export type Task = "up" | "down" | "reset" | "rotate" | "undo" | "gc";

export type OnEvent = (event: DriverEvent) => void;
