import fc from "fast-check";
import { DEFAULT_SECRETS_MOUNT_POINT } from "../../lib/schema/template.ts";

const AWKWARD_NAMES = [
  "if",
  "let",
  "or",
  "2fast",
  "a.b",
  "__proto__",
  "constructor",
  "=x",
  "+",
  "lib",
  "pkgs",
];

/** A name of a template or an agent. */
const name = fc.oneof(
  fc.constantFrom(...AWKWARD_NAMES),
  fc.stringMatching(/^[0-9A-Za-z+_=][0-9A-Za-z+._=-]{0,12}$/),
);

const secretName = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}$/),
  fc.constantFrom(
    "it's",
    "a b",
    "${x}",
    "''",
    '"',
    "\\",
    "-rf",
    "é🦊",
    "a;b",
    "$(id)",
    "`id`",
    "__proto__",
  ),
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 10 })
    .filter((text) => /^[^./\p{C}][^/\p{C}]*$/u.test(text)),
);

const anyText = fc.oneof(
  fc.constantFrom(
    "",
    "\n",
    "''${x}",
    "''",
    "${",
    "$$",
    "  a\n\tb",
    "a\r\nb",
    "*/",
    "\\",
    "# x",
    "é🦊",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/[\0\p{Cs}]/u.test(text)),
);

const segment = fc.stringMatching(/^[A-Za-z0-9_@+=,-][A-Za-z0-9._@+=,-]{0,8}$/);

/** An object with these members, whatever they are called. */
function dictionary<T>(
  key: fc.Arbitrary<string>,
  value: fc.Arbitrary<T>,
  maxLength: number,
  minLength = 0,
): fc.Arbitrary<Record<string, T>> {
  return fc
    .uniqueArray(fc.tuple(key, value), { selector: ([text]) => text, minLength, maxLength })
    .map((entries) => {
      const object: Record<string, T> = Object.create(null);
      for (const [text, member] of entries) object[text] = member;
      return object;
    });
}

const bindMounts = dictionary(
  segment.map((text) => `/mnt/${text}`),
  fc.record({ hostPath: segment.map((text) => `/data/${text}`), isReadOnly: fc.boolean() }),
  3,
);

function template(secrets: readonly string[]) {
  const variable = fc.stringMatching(/^V_[A-Z0-9_]{0,6}$/);
  const agent = fc.record({
    package: fc.constantFrom("git", "claude-code", "python3Packages.requests"),
    secrets:
      secrets.length > 0 ? dictionary(variable, fc.constantFrom(...secrets), 3) : fc.constant({}),
    args: fc.array(anyText, { maxLength: 3 }),
    env: dictionary(fc.stringMatching(/^E_[A-Z0-9_]{0,6}$/), anyText, 3),
    unfreePackages: fc.constant(["claude-code"]),
  });
  return fc
    .record({
      agents: dictionary(name, agent, 3),
      description: fc.option(anyText, { nil: undefined }),
      bindMounts,
      network: fc.constantFrom("private" as const, "none" as const, "host" as const, undefined),
      auth: fc.constantFrom("secrets" as const, "bridge" as const),
      ephemeral: fc.boolean(),
      stateVersion: fc.constant("25.11"),
      secretsMountPoint: fc.constantFrom(DEFAULT_SECRETS_MOUNT_POINT, "/run/a@b,c=d", "/opt/s+e"),
      user: fc.record({
        name: fc.constantFrom("agent", "a-b", "_x"),
        uid: fc.constantFrom(1000, 65533),
      }),
    })
    .map((one) => (one.auth === "bridge" ? { ...one, agents: told(one.agents) } : one));
}

/** Agents with the keys that a bridge can have, each with how it is told to ask that. */
function told<A extends { readonly secrets: Readonly<Record<string, string>> }>(
  agents: Readonly<Record<string, A>>,
) {
  const copy: Record<string, A & { readonly endpoints: Record<string, unknown> }> =
    Object.create(null);
  for (const [name, agent] of Object.entries(agents)) {
    const keys = Object.entries(agent.secrets).filter(([, secret]) =>
      /^[a-z0-9][a-z0-9-]*$/.test(secret),
    );
    const endpoints = keys.map(([variable]) => {
      const endpoint = {
        provider: "openai",
        env: { [`U_${variable}`]: "{url}/v1" },
        args: ["--at={origin}{path}"],
      };
      return [variable, endpoint] as const;
    });
    copy[name] = {
      ...agent,
      secrets: Object.fromEntries(keys),
      endpoints: Object.fromEntries(endpoints),
    };
  }
  return copy;
}

const sandboxName = fc
  .stringMatching(/^[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?$/)
  .filter((text) => text !== "0");

/** Configurations that are valid but for mounts that meet by chance. */
export const randomConfig = fc
  .uniqueArray(secretName, { maxLength: 4 })
  .chain((secrets) =>
    fc.record({
      secrets: fc
        .tuple(...secrets.map(() => segment.map((text) => `/keys/${text}`)))
        .map((files) => {
          const object: Record<string, string> = Object.create(null);
          for (const [index, secret] of secrets.entries()) object[secret] = files[index] ?? "";
          return object;
        }),
      templates: dictionary(name, template(secrets), 3, 1),
    }),
  )
  .chain((base) =>
    fc.record({
      secrets: fc.constant(base.secrets),
      templates: fc.constant(base.templates),
      sandboxes: dictionary(
        sandboxName,
        fc.record({
          template: fc.constantFrom(...Object.keys(base.templates)),
          workspace: fc.option(
            segment.map((text) => `/srv/${text}`),
            { nil: undefined },
          ),
          autoStart: fc.boolean(),
        }),
        3,
      ),
    }),
  );
