import { type Diagnostic, ForageError } from "../error.ts";
import type { Nix } from "../nix/tree.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import type { Template } from "../schema/types.ts";
import { fromDirectory } from "./absolute.ts";
import { templateOf } from "./choose.ts";
import { bindMountsOf, containerConfig, type Mounts } from "./container.ts";
import { MADE_BY_UP } from "./header.ts";
import { fnOfNeeded, neededBy, OF_MODULES } from "./parameters.ts";
import { gitCredentialsOf } from "./relay.ts";
import { render } from "./render.ts";
import { secretNamesOf } from "./secrets.ts";
import { templateModule } from "./template.ts";
import { allAgents, shareExport, within, wrapperList } from "./wrapper.ts";

/** A sandbox's system as a file of its own, and what of the host it sees. */
export interface SandboxSystem {
  /** A NixOS module's text. */
  readonly module: string;
  readonly mounts: Mounts;
}

/**
 * What a sandbox's container is built from where no host's module has it.
 *
 * @param directory where relative paths in the configuration start
 * @throws ForageError `definition` when an expression needs what only a flake or a host's module has
 */
export function sandboxSystem(
  config: Config,
  name: string,
  sandbox: Sandbox,
  directory: string,
): SandboxSystem {
  const template = templateOf(config, sandbox.template);
  checkNeeds(template, sandbox.template);
  const hasSecrets = secretNamesOf(template).length > 0;
  const mounts = bindMountsOf({ name, sandbox, template, hasSecrets });
  const { entries, exportSecret } = shareExport(allAgents(template));
  const wrappers = wrapperList(template, exportSecret);
  const git = gitCredentialsOf(config, template);
  const system = containerConfig(templateModule(template, { wrappers, git }), template, [
    ...mounts.keys(),
  ]);
  const body = fromDirectory(within(entries, system), directory);
  return { module: render(fnOfNeeded(body), MADE_BY_UP), mounts };
}

/** Nothing passes a flake's `inputs` here, or anything else that the module system does not. */
function checkNeeds(template: Template, name: string): void {
  const at = ["templates", name];
  const wrong = [
    ...Object.entries(template.agents).map(([agent, { package: from }]) => [
      [...at, "agents", agent, "package"],
      from,
    ]),
    ...template.extraPackages.map((from, index) => [[...at, "extraPackages", index], from]),
    ...template.imports.map((from, index) => [[...at, "imports", index], from]),
  ] as [Diagnostic["path"], Nix][];
  const problems = wrong.flatMap(([path, from]): Diagnostic[] => {
    const other = neededBy(from).find((variable) => !OF_MODULES.includes(variable));
    if (other === undefined) return [];
    return [
      {
        path,
        message: `it needs ${other}, which forage up does not have: it builds without a flake`,
        hint: "take it from pkgs, or make the sandbox with a host's module",
      },
    ];
  });
  if (problems.length > 0) throw new ForageError("definition", problems);
}
