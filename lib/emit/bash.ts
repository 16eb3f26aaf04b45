import dedent from "dedent";

/** The text of a bash script. A backslash in it is the shell's, so dedent is told to leave it. */
export const bash: typeof dedent = dedent.withOptions({ escapeSpecialCharacters: false });
