export { type Agents, agents, type Catalogue, catalogue } from "./catalogue/agents.ts";
export type { AuthVariable, BaseUrlSetting, CatalogueEntry } from "./catalogue/types.ts";
export { defineAgent, defineConfig, defineTemplate } from "./define.ts";
export { addressesOf } from "./emit/addresses.ts";
export { bridgeSetup, grantOf, type SetupOptions } from "./emit/bridge-setup.ts";
export {
  emitBridgeModule,
  emitContainer,
  emitExtraContainer,
  emitFlake,
  emitFlakeModule,
  emitNixosModule,
  emitOverlay,
  emitPackages,
  emitTemplate,
} from "./emit/forms.ts";
export { renderOutputs } from "./emit/outputs.ts";
export { renderTemplate, renderWrapper, renderWrappers } from "./emit/render.ts";
export {
  renderBridgeModule,
  renderContainer,
  renderExtraContainer,
  renderFlake,
  renderFlakeModule,
  renderNixosModule,
  renderOverlay,
  renderPackages,
} from "./emit/render-forms.ts";
export type { Rendering } from "./emit/rendering.ts";
export { emitWrapper, emitWrappers } from "./emit/wrapper.ts";
export {
  type Diagnostic,
  ForageError,
  type ForageErrorCode,
  formatDiagnostic,
  type Path,
} from "./error.ts";
export { checkFiles, type Drift } from "./files/check.ts";
export { type WriteOptions, type WrittenFile, writeFiles } from "./files/write.ts";
export { pkgs } from "./nix/index.ts";
export type { Addresses } from "./schema/addresses.ts";
export type {
  BridgeSetup,
  Client,
  CommandSource,
  Credential,
  FileSource,
  Grant,
} from "./schema/bridge-setup.ts";
export type {
  AuditInput,
  Bridge,
  BridgeCredential,
  BridgeInput,
  ClientInput,
  CredentialInput,
  CredentialSource,
  Endpoint,
  Limits,
  Policy,
  Price,
  Provider,
  ProviderFormat,
  ProviderInput,
  TemplateBridge,
  TemplateBridgeInput,
} from "./schema/bridge-types.ts";
export type {
  Config,
  ConfigInput,
  Sandbox,
  SandboxInput,
  TemplateNames,
} from "./schema/config-types.ts";
export type {
  FlakeInput,
  Output,
  OutputFields,
  OutputInput,
  OutputKind,
  Outputs,
} from "./schema/output-types.ts";
export type { ProviderName } from "./schema/providers.ts";
export type {
  Agent,
  AgentInput,
  AgentSecret,
  Auth,
  BindMount,
  BindMountsInput,
  Network,
  OnMissingSecret,
  Template,
  TemplateInput,
} from "./schema/types.ts";
