import { type Diagnostic, ForageError } from "../error.ts";
import type { Config, Sandbox } from "../schema/config-types.ts";
import { isChecked } from "../schema/mark.ts";
import { defaultTemplate } from "../schema/output-rules.ts";
import { show } from "../schema/show.ts";
import { suggest } from "../schema/suggest.ts";
import type { Agent, Template } from "../schema/types.ts";

/** A template or sandbox with its name in the configuration. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
}

/** @throws ForageError `definition` when the template is not one that `defineTemplate` or `defineConfig` made */
export function checkedTemplate(template: Template): Template {
  if (isChecked(template, "template")) return template;
  throw unchecked("template", "defineTemplate");
}

/** @throws ForageError `definition` when the configuration is not one that `defineConfig` made */
export function checkedConfig(config: Config): Config {
  if (isChecked(config, "config")) return config;
  throw unchecked("configuration", "defineConfig");
}

export function agentOf(template: Template, name: string): Agent {
  return member(template.agents, name, ["agents"], "the template has no agent");
}

export function templateOf(config: Config, name: string): Template {
  return member(config.templates, name, ["templates"], "the configuration has no template");
}

export function sandboxOf(config: Config, name: string): Sandbox {
  return member(config.sandboxes, name, ["sandboxes"], "the configuration has no sandbox");
}

/**
 * The template that is named, or the only one, or the one called "default".
 *
 * @throws ForageError `definition` when it is not clear which
 */
export function chooseTemplate(config: Config, name: string | undefined): Template {
  return templateOf(config, chooseTemplateName(config, name));
}

/** The same template's name. */
export function chooseTemplateName(config: Config, name: string | undefined): string {
  const known = Object.keys(config.templates);
  const wanted = name ?? defaultTemplate(known);
  if (wanted !== undefined) return wanted;
  throw wrong({
    path: ["templates"],
    message: 'which template? There is not just one, and none is called "default"',
    hint: suggest("", known, "define one in the configuration"),
  });
}

/** The templates that are named, in the configuration's order; all of them where none is. */
export function chooseTemplates(
  config: Config,
  names: readonly string[] = Object.keys(config.templates),
): readonly Named<Template>[] {
  for (const name of names) templateOf(config, name);
  return inOrder(config.templates, names);
}

/** The sandboxes that are named, in the configuration's order; all of them where none is. */
export function chooseSandboxes(
  config: Config,
  names: readonly string[] = Object.keys(config.sandboxes),
): readonly Named<Sandbox>[] {
  for (const name of names) sandboxOf(config, name);
  return inOrder(config.sandboxes, names);
}

function inOrder<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Named<T>[] {
  const wanted = new Set(names);
  return Object.entries(all).flatMap(([name, value]) =>
    wanted.has(name) ? [{ name, value }] : [],
  );
}

function member<T>(
  all: Readonly<Record<string, T>>,
  name: string,
  path: Diagnostic["path"],
  message: string,
): T {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found !== undefined) return found;
  throw wrong({
    path,
    message: `${message} ${show(name)}`,
    hint: suggest(name, Object.keys(all), "add it there"),
  });
}

function unchecked(what: string, define: string): ForageError {
  return wrong({
    path: [],
    message: `the ${what} is unchecked: it is not one that ${define} made`,
    hint: `pass it through ${define}() first, also after a change`,
  });
}

function wrong(diagnostic: Diagnostic): ForageError {
  return new ForageError("definition", [diagnostic]);
}
