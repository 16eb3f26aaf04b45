/** Where in a value something is wrong: property names and list positions, outermost first. */
export type Path = readonly (string | number)[];

/** One thing that is wrong, and what to do about it. Never holds a secret's value. */
export interface Diagnostic {
  /** Where; empty for the value as a whole. */
  readonly path: Path;
  /** What is wrong, and the rule that says so. */
  readonly message: string;
  /** The way out. */
  readonly hint?: string;
}

/** What kind of failure an error is. Codes are stable across versions; messages are not. */
export type ForageErrorCode =
  /** A value or name that cannot be written in Nix. */
  | "nix-value"
  /** An agent, template or configuration that breaks a rule. */
  | "definition"
  /** Text that no word of a shell script can hold. */
  | "shell-value"
  /** A configuration file that cannot be found, read or evaluated. */
  | "config-file"
  /** A file of the project that cannot be read or written. */
  | "file"
  /** A command line that cannot be understood. */
  | "usage"
  /** What the host lacks: root, a program, a directory. */
  | "host"
  /** A sandbox's name that is taken or unknown, or a sandbox that is not in the state that was wanted. */
  | "sandbox"
  /** A sandbox that another command is at work on, or what another bridge has. */
  | "busy"
  /** A secret whose file is missing, empty or cannot be read. */
  | "secret"
  /** A program that failed or took too long. */
  | "process"
  /** Work that was stopped by a signal. */
  | "interrupted";

/** How a program ended that a `process` error is about. */
export interface ProcessFailure {
  readonly argv: readonly string[];
  /** Unless a signal or the time limit ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  /** The last lines of what it wrote to standard error. */
  readonly stderr: string;
}

const BARE_SEGMENT = /^[a-zA-Z_$][\w$-]*$/;

/** A path as a person writes it: `templates.default.agents[2]["odd name"]`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (BARE_SEGMENT.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}

/** One diagnostic as lines of text: where, what, and the way out. */
export function formatDiagnostic({ path, message, hint }: Diagnostic): string {
  const place = formatPath(path);
  const first = place === "" ? message : `${place}: ${message}`;
  return hint === undefined ? first : `${first}\n  ${hint}`;
}

/**
 * Every foreseen failure of forage-nix. `diagnostics` says each thing that is wrong as data; `message` says the same
 * as text.
 *
 * @example
 * try {
 *   defineAgent(input);
 * } catch (error) {
 *   if (error instanceof ForageError) for (const { path, message } of error.diagnostics) report(path, message);
 * }
 */
export class ForageError extends Error {
  override readonly name = "ForageError";
  readonly code: ForageErrorCode;
  readonly diagnostics: readonly Diagnostic[];
  /** How the program ended, where the code is `process`. */
  readonly process: ProcessFailure | undefined;

  constructor(
    code: ForageErrorCode,
    diagnostics: readonly Diagnostic[],
    options: { readonly cause?: unknown; readonly process?: ProcessFailure } = {},
  ) {
    const { process, ...rest } = options;
    super(diagnostics.map(formatDiagnostic).join("\n"), rest);
    this.code = code;
    this.diagnostics = diagnostics;
    this.process = process;
  }
}
