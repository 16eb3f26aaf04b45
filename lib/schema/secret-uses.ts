import type { Path } from "../error.ts";
import { type Member, membersOf } from "./members.ts";
import { isRecord } from "./parts.ts";

/** A variable that is to hold a secret, as a caller wrote it, and where both names stand. */
export interface SecretUse {
  readonly variable: unknown;
  readonly variablePath: Path;
  readonly secret: unknown;
  readonly secretPath: Path;
}

/** Every variable of an agent that is to hold a secret. */
export function secretUses(agent: unknown, path: Path): SecretUse[] {
  if (!isRecord(agent)) return [];
  const uses: SecretUse[] = [
    {
      variable: agent["authEnvVar"],
      variablePath: [...path, "authEnvVar"],
      secret: agent["secretName"],
      secretPath: [...path, "secretName"],
    },
  ];
  const more = agent["secrets"];
  if (Array.isArray(more))
    for (const [index, item] of more.entries()) {
      const at = [...path, "secrets", index];
      if (isRecord(item))
        uses.push({
          variable: item["variable"],
          variablePath: [...at, "variable"],
          secret: item["secretName"],
          secretPath: [...at, "secretName"],
        });
    }
  for (const [secret, at, variable] of membersOf(more, [...path, "secrets"]))
    uses.push({ variable, variablePath: at, secret, secretPath: at });
  return uses;
}

/** The agents of what may be a template. */
export function agentsOf(template: unknown, path: Path): Member[] {
  return isRecord(template) ? membersOf(template["agents"], [...path, "agents"]) : [];
}
