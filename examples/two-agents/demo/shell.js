import { execa } from "execa";

const THEN = "--- and then the shell:";

/**
 * Starts a wrapper as a person would, from a shell, which says afterwards what its own environment is.
 *
 * @returns all that the stand-in agent said; its arguments, as bash quotes them; the shell's environment; and what the
 *   wrapper complained about
 */
export async function startFromShell(wrapper, words, variable, cancelSignal) {
  const { [variable]: _, ...env } = process.env;
  const script = `STAND_IN_SHOW=${variable} "$@"; echo "${THEN}"; env`;
  const { stdout, stderr } = await execa("bash", ["-c", script, "bash", wrapper, ...words], {
    cancelSignal,
    env,
    extendEnv: false,
  });
  const lines = stdout.split("\n");
  const agent = lines.slice(0, lines.indexOf(THEN));
  const argument = "argument ";
  return {
    agent,
    args: agent
      .filter((line) => line.startsWith(argument))
      .map((line) => line.slice(argument.length)),
    shell: lines.slice(agent.length + 1),
    complaint: stderr,
  };
}
