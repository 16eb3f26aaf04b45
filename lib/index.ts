export { defineAgent, defineConfig, defineTemplate } from "./define.ts";
export { renderWrapper, renderWrappers } from "./emit/render.ts";
export { emitWrapper, emitWrappers } from "./emit/wrapper.ts";
export {
  type Diagnostic,
  ForageError,
  type ForageErrorCode,
  formatDiagnostic,
  type Path,
} from "./error.ts";
export { pkgs } from "./nix/index.ts";
export type {
  Agent,
  AgentInput,
  AgentSecret,
  Config,
  ConfigInput,
  OnMissingSecret,
  Template,
  TemplateInput,
  TemplateNames,
} from "./schema/types.ts";
