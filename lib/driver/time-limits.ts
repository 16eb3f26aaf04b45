/** For what only asks, or notes: it takes a moment, or is stuck. */
export const ASK_LIMIT_MS = 30_000;

/** How long each kind of work may take, in milliseconds. */
export interface TimeLimits {
  /** `nix-build`. @default 3600000, an hour */
  readonly build: number;
  /** Making and removing a container. @default 60000 */
  readonly create: number;
  /** Until a container is up; its unit has a limit of its own, on NixOS a minute. @default 120000 */
  readonly start: number;
  /** Until a container that does not stop is killed. @default 30000 */
  readonly stop: number;
  /** Until another command on the same sandbox has ended. @default 600000 */
  readonly wait: number;
}

export const DEFAULT_TIME_LIMITS: TimeLimits = {
  build: 3_600_000,
  create: 60_000,
  start: 120_000,
  stop: 30_000,
  wait: 600_000,
};
