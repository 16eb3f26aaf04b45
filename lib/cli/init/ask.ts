import { CANCEL_SYMBOL, multiselect, select } from "@clack/prompts";
import { catalogue } from "../../catalogue/agents.ts";
import { unlessIdle } from "../idle.ts";
import type { Terminal } from "../terminal.ts";
import { FORM_NAMES, FORMS, type Form } from "./forms.ts";
import { AGENT_NAMES, type AgentName } from "./plan.ts";

/** Which agents a new configuration has, and what is made of them. */
export interface Answers {
  readonly agents: readonly AgentName[];
  readonly form: Form;
}

/** Asks for what is not known yet. No answer when the person ends it. */
export async function ask(
  known: Partial<Answers>,
  proposed: Answers,
  { input, output }: Terminal,
): Promise<Answers | undefined> {
  const streams = { ...(input && { input }), ...(output && { output }) };
  const agents =
    known.agents ??
    (await answer(
      multiselect({
        message: "Which agents?",
        options: AGENT_NAMES.map((value) => ({ value, label: catalogue[value].title })),
        initialValues: [...proposed.agents],
        ...streams,
      }),
    ));
  if (agents === undefined) return undefined;
  const form =
    known.form ??
    (await answer(
      select({
        message: "What is to be rendered?",
        options: FORM_NAMES.map((value) => ({
          value,
          label: FORMS[value].title,
          hint: FORMS[value].hint,
        })),
        initialValue: proposed.form,
        ...streams,
      }),
    ));
  return form === undefined ? undefined : { agents, form };
}

async function answer<T>(prompt: Promise<T | typeof CANCEL_SYMBOL>): Promise<T | undefined> {
  // Where the input has ended, no answer comes any more.
  const given = await unlessIdle<T | typeof CANCEL_SYMBOL | undefined>(prompt, () => undefined);
  return given === CANCEL_SYMBOL ? undefined : given;
}
