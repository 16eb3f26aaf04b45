/** After how many milliseconds a test has hung. What is merely slow, on a busy machine, is no failure. */
export const HANG_MS = 240_000;
/** What a test waits for comes earlier than that, or the test would end without saying what did not come. */
export const PATIENCE_MS = HANG_MS / 2;
