export {
  type Diagnostic,
  ForageError,
  type ForageErrorCode,
  formatDiagnostic,
  type Path,
} from "../error.ts";
export {
  assertThat,
  has,
  ifElse,
  letIn,
  negate,
  not,
  op,
  parens,
  select,
  selectOr,
  withIn,
} from "./build/expressions.ts";
export { apply, fn, type NixPatternInput, optional } from "./build/functions.ts";
export type { NixAttrPathInput } from "./build/names.ts";
export { blankLine, comment, docComment } from "./build/remarks.ts";
export {
  attrs,
  bind,
  inherit,
  inheritFrom,
  list,
  type NixMembers,
  recAttrs,
} from "./build/sets.ts";
export { indented, raw, str } from "./build/strings.ts";
export { float, int, path, pkgs, ref, searchPath } from "./build/values.ts";
export { lift, type NixValue } from "./lift.ts";
export { type PrintOptions, printNix } from "./print.ts";
export type {
  BinaryOperator,
  Nix,
  NixAssert,
  NixAttrName,
  NixAttrPath,
  NixBinary,
  NixBinding,
  NixBlankLine,
  NixCall,
  NixComment,
  NixEntry,
  NixFunction,
  NixHas,
  NixIdentifier,
  NixIf,
  NixInherit,
  NixLet,
  NixList,
  NixNumber,
  NixParens,
  NixPath,
  NixPattern,
  NixPatternField,
  NixRaw,
  NixRemark,
  NixSelect,
  NixSet,
  NixString,
  NixUnary,
  NixWith,
} from "./tree.ts";
