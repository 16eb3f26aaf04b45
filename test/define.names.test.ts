import { describe, expect, it } from "vitest";
import { type AgentInput, defineAgent, defineConfig, defineTemplate } from "../lib/index.ts";
import { templateName } from "../lib/schema/names.ts";
import { brokenBy } from "../lib/schema/text-rule.ts";
import { problemsOf } from "./support/problems.ts";

const templateProblems = (input: object) =>
  problemsOf(() => defineTemplate({ agents: {}, ...input } as never));
const user = (input: object) => defineTemplate({ agents: {}, user: input }).user;

describe("the agents' user", () => {
  it.each([
    "nobody",
    "nogroup",
    "users",
    "wheel",
    "messagebus",
    "nscd",
    "keys",
    "kvm",
    "clock",
    "nixbld",
    "nixbld1",
    "systemd-network",
    "systemd-anything",
  ])("cannot be called %s, as NixOS has that", (name) => {
    expect(templateProblems({ user: { name } })).toEqual([
      `user/name: "${name}" cannot name the agents' user: NixOS has a user or a group of its own by such a name | write "agent"`,
    ]);
  });

  it.each(["user", "wheels", "my-nixbld", "systemd", "_keys", "dev"])(
    "can be called %s",
    (name) => {
      expect(user({ name }).name).toBe(name);
    },
  );

  it.each([-1, 0, 999, 65534, 1000.5])("cannot have the number %d", (uid) => {
    expect(templateProblems({ user: { uid } })).toEqual([
      expect.stringMatching(
        /^user\/uid: .* cannot be the agents' user id: a whole number from 1000 to 65533, not root's 0 or/,
      ),
    ]);
  });

  it.each([30_000, 30_001, 30_032])("cannot have the number %d, as a builder has that", (uid) => {
    expect(templateProblems({ user: { uid } })).toEqual([
      `user/uid: ${uid} cannot be the agents' user id: Nix's build users have those from 30000 to 30032 | write 1000`,
    ]);
  });

  it.each([1000, 29_999, 30_033, 65_533])("can have the number %d", (uid) => {
    expect(user({ uid }).uid).toBe(uid);
  });
});

describe("an address", () => {
  const addressed = (hostAddress: string) =>
    defineConfig({
      templates: { a: { agents: {} } },
      sandboxes: { x: { template: "a", hostAddress, localAddress: "10.9.9.9" } },
    });

  it.each([
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.255",
    "224.0.0.1",
    "229.1.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
  ])("cannot be %s, which is no machine's", (address) => {
    expect(problemsOf(() => addressed(address))).toEqual([
      `sandboxes/x/hostAddress: "${address}" cannot be an end of a link: those with 0, 127 or 224 and above in front are no single machine's | write one of a private network, such as "10.233.7.1"`,
    ]);
  });

  it.each(["1.0.0.1", "10.0.0.0", "22.4.0.1", "126.0.0.1", "128.0.0.1", "223.255.255.255"])(
    "can be %s",
    (address) => {
      expect(addressed(address).sandboxes.x.hostAddress).toBe(address);
    },
  );

  it.each(["1270.0.0.1", "300.0.0.1", "00.0.0.1"])("is no address as %s", (address) => {
    expect(problemsOf(() => addressed(address))).toEqual([
      expect.stringContaining("is no IPv4 address"),
    ]);
  });
});

describe("an interface", () => {
  const shared = (externalInterface: string) =>
    defineConfig({
      templates: { a: { agents: {} } },
      outputs: { "a.nix": { kind: "nixos-module", externalInterface } },
    });

  it.each([
    ["lo", "leads to no other machine: it is the host's loopback interface"],
    [".", 'cannot name a network interface: 1 to 15 letters, digits and . _ @ -, and not "."'],
    ["..", "cannot name a network interface"],
    ["", "cannot name a network interface"],
  ])("cannot be %j", (name, message) => {
    expect(problemsOf(() => shared(name))).toEqual([
      expect.stringContaining(`a.nix/externalInterface: "${name}" ${message}`),
    ]);
  });

  it.each(["lo0", "wlo1", "eth0.5", "...", "veth@if2"])("can be %s", (name) => {
    expect(() => shared(name)).not.toThrow();
  });
});

describe("a release", () => {
  it.each(["13.10", "14.04", "14.12", "15.09", "19.03", "21.05", "25.11"])("is %s", (release) => {
    expect(defineTemplate({ agents: {}, stateVersion: release }).stateVersion).toBe(release);
  });

  it.each(["25.00", "25.01", "25.06", "25.13", "25.5", "2025.11", "25.11pre"])(
    "is not %s",
    (release) => {
      expect(templateProblems({ stateVersion: release })).toEqual([
        `stateVersion: "${release}" is no release of NixOS: a year and the month of a release, of two digits each | write the release that the state is from, such as "25.11"`,
      ]);
    },
  );
});

describe("a template's name", () => {
  it.each(["default", "7z+", "a.b", "a=b", "_", "a".repeat(207)])("can be %s", (name) => {
    expect(brokenBy(name, templateName)).toBeUndefined();
  });

  it.each([
    ["", "rename it"],
    ["a b", 'for example "a-b"'],
    [".a", 'for example "a"'],
    ["a/b", 'for example "a-b"'],
    ["a".repeat(208), "rename it"],
  ])("cannot be %j", (name, hint) => {
    expect(brokenBy(name, templateName)).toEqual({
      message: expect.stringMatching(/" cannot name a template: at most 207 letters, digits and/),
      hint,
    });
  });
});

describe("an object with a prototype", () => {
  class Settings {}

  it.each<[what: string, value: object, expected: string]>([
    ["of an object", Object.create({ a: 1 }), "an object with a prototype of its own"],
    ["of one", Object.create(Object.create({ a: 1 })), "an object with a prototype of its own"],
    [
      "that knows no class",
      Object.create(Object.create(Object.create(null))),
      "an object with a prototype of its own",
    ],
    ["that is a class's", new Settings(), "a Settings"],
    ["that is a nameless class's", new (class {})(), "a class instance"],
  ])("%s is told as such", (_, value, expected) => {
    expect(problemsOf(() => defineAgent(value as AgentInput))[0]).toBe(
      `: ${expected} is no plain data | pass a plain object, such as { claude: { … } }`,
    );
  });
});
