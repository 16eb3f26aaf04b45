/** In the order in which they are looked for: TypeScript's output may lie beside its source. */
export const CONFIG_NAMES = [
  "forage.config.ts",
  "forage.config.mts",
  "forage.config.js",
  "forage.config.mjs",
  "forage.config.json",
] as const;

/** Whether a file looks like a configuration, also one with an ending that is not read. */
export function isConfigName(name: string): boolean {
  return name.startsWith("forage.config.");
}
