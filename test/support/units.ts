/** A unit as an evaluated configuration of NixOS has it. */
export interface Unit {
  readonly description?: string;
  readonly unitConfig?: Settings;
  readonly serviceConfig?: Settings;
  readonly socketConfig?: Settings;
  readonly listenStreams?: readonly string[];
  readonly [dependency: string]: unknown;
}

type Setting = string | number | boolean | null;
type Settings = Readonly<Record<string, Setting | readonly Setting[]>>;

const DEPENDENCIES = { after: "After", before: "Before", requires: "Requires", wants: "Wants" };

/** The file that NixOS makes of a unit, without what only links say. */
export function unitText(unit: Unit): string {
  const { description = "", unitConfig = {}, serviceConfig, socketConfig } = unit;
  const dependencies = Object.entries(DEPENDENCIES).map(([field, name]) => {
    const others = unit[field];
    return [name, Array.isArray(others) ? others.join(" ") : ""] as const;
  });
  const known = dependencies.filter(([, others]) => others !== "");
  const sections = {
    Unit: { Description: description, ...Object.fromEntries(known), ...unitConfig },
    ...(serviceConfig !== undefined && { Service: serviceConfig }),
    ...(socketConfig !== undefined && {
      Socket: { ListenStream: unit.listenStreams ?? [], ...socketConfig },
    }),
  };
  return Object.entries(sections)
    .map(([name, settings]) => `[${name}]\n${lines(settings)}`)
    .join("\n");
}

function lines(settings: Settings): string {
  return Object.entries(settings)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one ?? ""}\n`))
    .join("");
}
