import { type Diagnostic, ForageError, formatPath } from "../error.ts";
import type { Nix } from "../nix/tree.ts";
import type { Config } from "../schema/config-types.ts";
import type { Output, Outputs } from "../schema/output-types.ts";
import { checkedConfig, chooseTemplate } from "./choose.ts";
import {
  emitBridgeModule,
  emitContainer,
  emitExtraContainer,
  emitFlake,
  emitFlakeModule,
  emitNixosModule,
  emitOverlay,
  emitPackages,
  emitTemplate,
} from "./forms.ts";
import { directoryFrom, outputHeader } from "./header.ts";
import { fnOfPackages } from "./parameters.ts";
import { render } from "./render.ts";
import type { Rendering } from "./rendering.ts";
import { emitWrapper, emitWrappers } from "./wrapper.ts";

/**
 * Every file of a configuration's `outputs`.
 *
 * @param configFile the configuration's own file in the project, which each header names @default "forage.config.ts"
 * @throws ForageError `definition` when an output cannot be rendered
 * @example
 * for (const [file, text] of renderOutputs(config).files) console.log(file, text.length);
 */
export function renderOutputs<Names, SandboxName extends string>(
  config: Config<string, Names, SandboxName>,
  configFile = "forage.config.ts",
): Rendering {
  const checked = checkedConfig(config as unknown as Config);
  const files = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const [file, output] of Object.entries<Output>(checked.outputs satisfies Outputs))
    try {
      const directory = directoryFrom(file, configFile);
      files.set(
        file,
        render(emitOutput(checked, output, directory), outputHeader(configFile, file)),
      );
    } catch (error) {
      if (!(error instanceof ForageError)) throw error;
      problems.push(...error.diagnostics.map((problem) => ofOutput(file, problem)));
    }
  if (problems.length > 0) throw new ForageError("definition", problems);
  return { configFile, files };
}

function ofOutput(file: string, { path, message, ...rest }: Diagnostic): Diagnostic {
  const place = formatPath(path);
  return {
    path: ["outputs", file],
    message: place === "" ? message : `${place}: ${message}`,
    ...rest,
  };
}

function emitOutput(config: Config, output: Output, directory: string): Nix {
  switch (output.kind) {
    case "wrapper":
      return fnOfPackages(emitWrapper(chooseTemplate(config, output.template), output.agent));
    case "wrappers":
      return fnOfPackages(emitWrappers(chooseTemplate(config, output.template), output.agents));
    case "packages":
      return emitPackages(config, output);
    case "overlay":
      return emitOverlay(config, output);
    case "template":
      return emitTemplate(chooseTemplate(config, output.template), config);
    case "container":
      return emitContainer(config, output);
    case "nixos-module":
      return emitNixosModule(config, output, directory);
    case "bridge-module":
      return emitBridgeModule(config, output, directory);
    case "extra-container":
      return emitExtraContainer(config, output);
    case "flake-module":
      return emitFlakeModule(config, output, directory);
    case "flake":
      return emitFlake(config, output, directory);
  }
}
