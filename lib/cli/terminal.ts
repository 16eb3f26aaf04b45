/** Where a command runs and what it writes to. */
export interface Terminal {
  readonly directory: string;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}
