/** How many tokens a call took, as its provider counts them. */
export interface Usage {
  /** Without those that were read from or written to a cache. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What the bridge did with a request, and by which rule. */
export type Decision = "allowed" | "modified" | "refused" | "failed";

/** One call, as the audit log has it: never a body, a header or a credential. */
export interface Call {
  /** When it began, in ISO 8601 with milliseconds. */
  readonly time: string;
  readonly sandbox: string;
  /** The credential's name, where the request names one. */
  readonly credential?: string | undefined;
  /** The provider's host. */
  readonly provider?: string | undefined;
  readonly method: string;
  /** Below the provider's address, without the query. */
  readonly path: string;
  readonly model?: string | undefined;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly tokens?: Usage | undefined;
  /** In US dollars, where the model's price is known. */
  readonly cost?: number | undefined;
  readonly durationMs: number;
  /** Until the provider's first byte. */
  readonly firstByteMs?: number | undefined;
  readonly decision: Decision;
  /** What decided: "path", "model", "requests-per-minute", "hook" … */
  readonly rule?: string | undefined;
}
