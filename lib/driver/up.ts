import type { Config } from "../schema/config-types.ts";
import { show } from "../schema/show.ts";
import { blueprint, type UpRequest } from "./blueprint.ts";
import { withLock } from "./locked.ts";
import { checkNoContainer, make } from "./make.ts";
import type { Places } from "./places.ts";
import { planUp } from "./plan.ts";
import { problem } from "./problems.ts";
import type { SandboxRecord } from "./records.ts";
import type { Context, Interruptible } from "./work.ts";

/** Makes a sandbox and starts it. All is looked at before anything is changed, and after a failure nothing of it is left. */
export async function up(
  context: Context,
  config: Config,
  request: UpRequest,
  { signal }: Interruptible = {},
): Promise<SandboxRecord> {
  const { host, limits, onEvent } = context;
  const { name } = request;
  // What is wrong with a definition is wrong on every machine, and said before this one is looked at.
  const wanted = blueprint(config, request);
  const { workspace } = wanted.record;
  await host.checkTools(["nix-build", "nixos-container"]);
  const found = workspace === undefined ? undefined : await host.workspace(workspace);
  const plan = found === workspace ? wanted : blueprint(config, { ...request, workspace: found });
  for (const warning of await host.checkBlueprint(plan))
    onEvent({ kind: "warning", sandbox: name, ...warning });
  const options = { command: "forage up", refuses: ["forage up"], signal };
  return withLock(context, name, options, async (lock, places) => {
    await checkFree(context, name, places);
    const steps = planUp(plan, places, limits);
    return make(context, plan.record, places, steps, { lock, task: "up", signal });
  });
}

async function checkFree({ host }: Context, name: string, places: Places): Promise<void> {
  const record = await host.records.read(name);
  if (record?.state === "up")
    throw problem(
      "sandbox",
      `the sandbox ${show(name)} is there already, of the template ${show(record.template)}`,
      `choose another name, or remove it: forage down ${name}`,
    );
  if (record !== undefined)
    throw problem(
      "sandbox",
      `the sandbox ${show(name)} was left by a command that was cut off`,
      `remove what there is of it: forage down ${name}`,
    );
  await checkNoContainer(host, name, places);
}
