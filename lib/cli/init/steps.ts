import { DEFAULT_SECRETS_MOUNT_POINT } from "../../schema/template.ts";
import { FORMS } from "./forms.ts";
import { SCHEMA_FILE } from "./json.ts";
import { type Plan, SANDBOX } from "./plan.ts";

/** What is left to do once a plan is written. */
export function nextSteps(
  plan: Plan,
  { json, hasTypes }: { readonly json: boolean; readonly hasTypes: boolean },
): string {
  const { form, flake, output } = plan;
  const [, where] = FORMS[form].use(output, flake);
  const isFlake = flake.kind !== "none" || form === "flake";
  const steps = [
    ...(FORMS[form].hasSandboxes ? sandboxSteps(plan) : wrapperSteps(plan)),
    `forage render, which writes ${output}`,
    ...(isFlake ? [`git add ${output}, since a flake sees nothing else`] : []),
    `${where.charAt(0).toLowerCase()}${where.slice(1)}`,
    ...(json ? [`for an editor: forage schema > ${SCHEMA_FILE}`] : []),
    ...(json || hasTypes ? [] : ["for an editor: npm install --save-dev forage-nix"]),
  ];
  return `forage: next\n${steps.map((step, index) => `  ${index + 1}. ${step}\n`).join("")}`;
}

function sandboxSteps({ secrets }: Plan): string[] {
  return [
    // Nobody puts them there by hand: /run is empty after a boot.
    `have sops-nix or agenix put the keys where it says: ${[...secrets.values()].join(", ")}`,
    // A sandbox's agents run as this user unless the template says otherwise.
    `make the workspace the agents' own: install -d -o 1000 -g 1000 ${SANDBOX.workspace}`,
    "name the host's interface to the internet in externalInterface",
  ];
}

function wrapperSteps({ secrets }: Plan): string[] {
  // The configuration's paths are a host's, for its sandboxes. A wrapper reads here.
  const files = [...secrets.keys()].map((name) => `${DEFAULT_SECRETS_MOUNT_POINT}/${name}`);
  return [`have each key in a file where its wrapper runs: ${files.join(", ")}`];
}
