/** The files that a configuration gives, and where they belong. */
export interface Rendering {
  /** The configuration's file. Like every path here it is a POSIX path, relative to the project's directory. */
  readonly configFile: string;
  /** Texts by their paths, none of which leads out of the project's directory. */
  readonly files: ReadonlyMap<string, string>;
}
