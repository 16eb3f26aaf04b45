import { describe, expect, it } from "vitest";
import { addressesOf, defineConfig, defineTemplate } from "../lib/index.ts";
import { apply, op, path, ref, str } from "../lib/nix/index.ts";
import { problemsOf } from "./support/problems.ts";

const problems = (input: unknown) => problemsOf(() => defineConfig(input as never));
const templateProblems = (input: object) =>
  problemsOf(() => defineTemplate({ agents: {}, ...input } as never));

const templates = {
  default: { agents: { claude: { package: "claude-code" } } },
  offline: { agents: {}, network: "none" },
  host: { agents: {}, network: "host" },
} as const;

const config = (sandboxes: unknown, more: object = {}) => ({ templates, sandboxes, ...more });

describe("a sandbox", () => {
  it("has addresses by its name, which stay whatever other sandboxes there are", () => {
    const alone = defineConfig({ templates, sandboxes: { alice: { template: "default" } } });
    const more = defineConfig({
      templates,
      sandboxes: {
        zoe: { template: "default" },
        alice: { template: "default" },
        ci: { template: "offline" },
        dev: { template: "host" },
      },
    });
    const alice = { hostAddress: "10.233.194.169", localAddress: "10.233.194.170" };
    expect([...addressesOf(alone)]).toEqual([["alice", alice]]);
    expect(addressesOf(more).get("alice")).toEqual(alice);
    expect([...addressesOf(more).keys()].toSorted()).toEqual(["alice", "zoe"]);
    expect(more.sandboxes.alice).toEqual({
      template: "default",
      workspace: undefined,
      bindMounts: {},
      hostAddress: undefined,
      localAddress: undefined,
      autoStart: false,
    });
  });

  it("never shares an address, though there are thousands", () => {
    const names = Array.from({ length: 3000 }, (_, index) => `s${index}`);
    const config = defineConfig({
      templates,
      sandboxes: Object.fromEntries(names.map((name) => [name, { template: "default" as const }])),
    });
    const addresses = [...addressesOf(config).values()].flatMap(({ hostAddress, localAddress }) => [
      hostAddress,
      localAddress,
    ]);
    expect(new Set(addresses).size).toBe(6000);
    for (const address of addresses) {
      expect(address).toMatch(/^10\.233\.\d+\.\d+$/);
      // Those are for nixos-container's own containers.
      expect(address).not.toMatch(/\.(?:0|1|2|255)$/);
    }
  });

  it("leaves out addresses that another has been given", () => {
    const both = defineConfig({
      templates,
      sandboxes: {
        bob: { template: "default", hostAddress: "10.233.194.170", localAddress: "10.9.9.9" },
        alice: { template: "default" },
      },
    });
    expect(addressesOf(both).get("alice")?.hostAddress).toBe("10.233.194.173");
  });

  it("is what it was when it is defined again", () => {
    const once = defineConfig({
      secrets: { a: ref("config", "sops", "secrets", "a", "path") },
      templates,
      sandboxes: { alice: { template: "default", bindMounts: { "/x": { hostPath: "/y" } } } },
      outputs: { "a.nix": "nixos-module", "flake.nix": { kind: "flake" } },
    });
    expect(defineConfig(once)).toEqual(once);
  });

  it.each<[what: string, sandboxes: unknown, expected: readonly RegExp[]]>([
    [
      "a name of 12 characters",
      { "twelve-chars": { template: "default" } },
      [
        /^sandboxes\/twelve-chars: "twelve-chars" cannot name a sandbox.*1 to 11 .*\| for example "twelve-char"/,
      ],
    ],
    ["a name with _", { a_b: { template: "default" } }, [/"a_b" cannot.*\| for example "a-b"/]],
    ["a name in capitals", { Bob: { template: "default" } }, [/\| for example "bob"/]],
    ["a name that starts with -", { "-a": { template: "default" } }, [/\| for example "a"/]],
    ["the name 0", { 0: { template: "default" } }, [/"0" cannot .*\| rename it/]],
    ["no template", { a: {} }, [/^sandboxes\/a\/template: is missing/]],
    [
      "an unknown template",
      { a: { template: "defualt" } },
      [/^sandboxes\/a\/template: "defualt" is no template .*\| did you mean "default"/],
    ],
    [
      "an unknown field",
      { a: { template: "default", worksapce: "/x" } },
      [/^sandboxes\/a\/worksapce: unknown field \| did you mean "workspace"/],
    ],
    [
      "a relative workspace",
      { a: { template: "default", workspace: "srv/a" } },
      [
        /^sandboxes\/a\/workspace: "srv\/a" is no path .*\| write a whole path, such as "\/srv\/alice"/,
      ],
    ],
    [
      "one address of two",
      { a: { template: "default", hostAddress: "10.0.0.1" } },
      [/^sandboxes\/a\/localAddress: is missing: hostAddress is the other end/],
    ],
    [
      "no address",
      { a: { template: "default", hostAddress: "10.0.0.256", localAddress: "10.0.0.1/24" } },
      [/hostAddress: "10.0.0.256" is no IPv4 address/, /localAddress: "10.0.0.1\/24" is no IPv4/],
    ],
    [
      "one address for two sandboxes",
      {
        a: { template: "default", hostAddress: "10.0.0.1", localAddress: "10.0.0.2" },
        b: { template: "default", hostAddress: "10.0.0.2", localAddress: "10.0.0.3" },
      },
      [/^sandboxes\/b\/hostAddress: the address "10.0.0.2" is taken by the sandbox "a" \| choose/],
    ],
    [
      "one address for both ends",
      { a: { template: "default", hostAddress: "10.0.0.1", localAddress: "10.0.0.1" } },
      [/^sandboxes\/a\/localAddress: the address "10.0.0.1" cannot be that of both ends/],
    ],
    [
      "addresses without a link",
      { a: { template: "offline", hostAddress: "10.0.0.1", localAddress: "10.0.0.2" } },
      [/^sandboxes\/a\/hostAddress: its template's network is "none"/, /localAddress: its/],
    ],
    ["no object", { a: "default" }, [/^sandboxes\/a: an object is wanted/]],
  ])("is refused with %s", (_, sandboxes, expected) => {
    const found = problems(config(sandboxes));
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  it("and every other one say all that is wrong at once", () => {
    const found = problems(
      config({
        a_b: { template: "nowhere", workspace: "x" },
        c: { template: "default", bindMounts: { "/nix/store": { hostPath: "a b" } } },
      }),
    );
    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "sandboxes/a_b",
      "sandboxes/a_b/workspace",
      "sandboxes/c/bindMounts//nix/store",
      "sandboxes/c/bindMounts//nix/store/hostPath",
      "sandboxes/a_b/template",
    ]);
  });
});

describe("a bind mount", () => {
  const mounted = (mountPoint: string, hostPath = "/srv/x") =>
    templateProblems({ bindMounts: { [mountPoint]: { hostPath } } });

  it.each([
    ["relative/path", /absolute/],
    ["/with space", /no path that systemd-nspawn can bind/],
    ["/with:colon", /no path that systemd-nspawn can bind/],
    ["/with\nline", /no path/],
    ["/a/../b", /not normalised/],
    ["/a/", /not normalised/],
    ["/nix/store", /world-readable Nix store/],
    ["/nix/store/x", /world-readable Nix store/],
    ["/nix", /world-readable Nix store/],
    ["/", /whole file system/],
    ["/etc", /a container needs its own/],
    ["/run", /a container needs its own/],
    ["/proc/sys", /a container needs its own/],
    ["/dev/null", /a container needs its own/],
    ["/run/systemd/x", /a container needs its own/],
  ])("cannot be at %j", (mountPoint, message) => {
    const found = mounted(mountPoint);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each([
    ["srv/x", /absolute/],
    ["/srv/a b", /no path/],
    ["/srv/a:b", /no path/],
    ["/nix/store/x", /Nix store/],
    ["/", /whole file system/],
    ["/run", /holds secrets of the host, or of other sandboxes/],
    ["/run/forage-secrets", /holds secrets of the host/],
    ["/run/secrets/x", /holds secrets of the host/],
    ["/run/agenix.d", /holds secrets of the host/],
    ["/var/run/forage-secrets", /the host's own/],
    ["/etc", /the host's own/],
    ["/proc/1", /the host's own/],
    ["/var/lib/nixos-containers/bob", /the host's own/],
    ["/run/forage-secrets/bob", /holds secrets of the host/],
  ])("cannot be of the host's %j", (hostPath, message) => {
    const found = mounted("/x", hostPath);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it.each([
    "/workspace2",
    "/home/agent/.claude",
    "/run/x",
    "/etc/x",
    "/run/secrets2",
    "/var/lib/x",
  ])("can be at %s", (mountPoint) => {
    expect(() =>
      defineTemplate({ agents: {}, bindMounts: { [mountPoint]: { hostPath: "/srv" } } }),
    ).not.toThrow();
  });

  it.each<[what: string, input: object, message: RegExp]>([
    [
      "the secrets' mount point",
      { bindMounts: { "/run/secrets": { hostPath: "/x" } } },
      /^bindMounts\/\/run\/secrets: the mount point "\/run\/secrets" is that of the secrets/,
    ],
    [
      "the workspace's mount point",
      { bindMounts: { "/workspace": { hostPath: "/x" } } },
      /is that of the workspace already/,
    ],
    [
      "a place below the secrets",
      { bindMounts: { "/run/secrets/x": { hostPath: "/x" } } },
      /is within that of the secrets, "\/run\/secrets"/,
    ],
    [
      "one mount point for secrets and workspace",
      { secretsMountPoint: "/x", workspaceMountPoint: "/x" },
      /^workspaceMountPoint: the mount point "\/x" is that of the secrets/,
    ],
    [
      "the workspace below the secrets",
      { workspaceMountPoint: "/run/secrets/work" },
      /^workspaceMountPoint: .* is within that of the secrets/,
    ],
  ])("is refused for %s", (_, input, message) => {
    const found = templateProblems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it("of a sandbox cannot be where its template has one", () => {
    const found = problems({
      templates: {
        default: { agents: {}, bindMounts: { "/data": { hostPath: "/srv/data" } } },
      },
      sandboxes: {
        a: {
          template: "default",
          bindMounts: {
            "/data": { hostPath: "/x" },
            "/workspace": { hostPath: "/x" },
            "/run/secrets": { hostPath: "/x" },
            "/fine": { hostPath: "/x" },
          },
        },
      },
    });
    expect(found).toEqual([
      expect.stringMatching(
        /^sandboxes\/a\/bindMounts\/\/data: .* is that of the template's bindMounts already/,
      ),
      expect.stringMatching(/\/workspace: .* is that of the workspace/),
      expect.stringMatching(/\/run\/secrets: .* is that of the secrets/),
    ]);
  });
});

describe("mounts within each other", () => {
  it.each<[what: string, input: object, message: RegExp]>([
    [
      "a place above the secrets",
      { secretsMountPoint: "/agent/secrets", bindMounts: { "/agent": { hostPath: "/srv/x" } } },
      /^bindMounts\/\/agent: the mount point "\/agent" has that of the secrets within/,
    ],
    [
      "secrets in the workspace",
      { secretsMountPoint: "/workspace/.secrets" },
      /^workspaceMountPoint: .* has that of the secrets within/,
    ],
    [
      "a place in another",
      { bindMounts: { "/data/x": { hostPath: "/srv/x" }, "/data": { hostPath: "/srv/y" } } },
      /^bindMounts\/\/data: .* has that of the template's bindMounts within/,
    ],
  ])("are refused: %s", (_, input, message) => {
    const found = templateProblems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it("are none where only the beginning of a name is the same", () => {
    const bindMounts = { "/data": { hostPath: "/srv/a" }, "/data2": { hostPath: "/srv/b" } };
    expect(() => defineTemplate({ agents: {}, bindMounts })).not.toThrow();
  });
});

describe("a path of the host", () => {
  it.each<[what: string, input: object, message: RegExp]>([
    [
      "a secret in a workspace",
      {
        secrets: { a: "/srv/alice/key" },
        sandboxes: { alice: { template: "default", workspace: "/srv/alice" } },
      },
      /^secrets\/a: "\/srv\/alice\/key" is below "\/srv\/alice", which a sandbox may write/,
    ],
    [
      "a mount in another sandbox's workspace",
      {
        sandboxes: {
          alice: { template: "default", workspace: "/srv/alice" },
          bob: { template: "default", bindMounts: { "/x": { hostPath: "/srv/alice/x" } } },
        },
      },
      /^sandboxes\/bob\/bindMounts\/\/x\/hostPath: .* which a sandbox may write/,
    ],
    [
      "a workspace in what a template's sandboxes may write",
      {
        templates: {
          default: { agents: {}, bindMounts: { "/x": { hostPath: "/srv/x", isReadOnly: false } } },
        },
        sandboxes: { alice: { template: "default", workspace: "/srv/x/alice" } },
      },
      /^sandboxes\/alice\/workspace: "\/srv\/x\/alice" is below "\/srv\/x"/,
    ],
    [
      "the directory of a secret",
      {
        secrets: { a: "/srv/keys/a" },
        sandboxes: {
          alice: { template: "default", bindMounts: { "/x": { hostPath: "/srv/keys" } } },
        },
      },
      /^sandboxes\/alice\/bindMounts\/\/x\/hostPath: "\/srv\/keys" holds the file of the secret "a"/,
    ],
    [
      "the copies of a sandbox",
      { secrets: { a: "/run/forage-secrets/alice/a" } },
      /^secrets\/a: .* is where the sandboxes' copies are/,
    ],
  ])("is refused: %s", (_, input, message) => {
    const found = problems({ templates, ...input });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  it("may be two sandboxes' workspace", () => {
    const box = { template: "default", workspace: "/srv/shared" } as const;
    expect(() => defineConfig({ templates, sandboxes: { a: box, b: box } })).not.toThrow();
  });
});

describe("a template", () => {
  it.each<[what: string, input: object, message: RegExp]>([
    ["state without a release", { ephemeral: false }, /^stateVersion: is missing.*"25.11"/],
    [
      "no release",
      { stateVersion: "unstable" },
      /^stateVersion: "unstable" is no release of NixOS/,
    ],
    [
      "an unknown network",
      { network: "full" },
      /^network: "full" is none of "private", "none", "host"/,
    ],
    ["a package's name with a space", { unfreePackages: ["a b"] }, /^unfreePackages\/0: "a b" is/],
    ["an absolute module", { imports: ["/etc/x.nix"] }, /^imports\/0: .* is no NixOS module/],
    ["text for a module", { imports: ["git"] }, /^imports\/0: "git" is no NixOS module/],
    [
      "a variable of the rendered file",
      { imports: [ref("templates", "x")] },
      /^imports\/0: the variable "templates" is one that rendered files have for themselves/,
    ],
    [
      "such a variable in a package",
      { extraPackages: [apply(ref("packages"), ref("pkgs"))] },
      /^extraPackages\/0: the variable "packages"/,
    ],
  ])("is refused with %s", (_, input, message) => {
    const found = templateProblems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });
});

describe("a secret's path", () => {
  it.each([
    ["a path literal", path("/run/secrets/x")],
    ["a path literal in a string", str`${path("./secret")}`],
    ["a path literal in a sum", op(path("./secrets"), "+", "/x")],
    ["a number", 1],
    ["a list", ["/x"]],
  ])("is not %s", (_, secret) => {
    expect(problems({ secrets: { a: secret }, templates: {} })).toEqual([
      expect.stringMatching(/^secrets\/a: .* is no path of a secret.*copies a path literal/),
    ]);
  });
});

it("a secret's path that is known has to keep the rules for paths, in an expression too", () => {
  const secrets = { a: str`relative`, b: str`/nix/store/x`, c: str`/run/${"fine"}` };
  expect(problems({ secrets, templates: {} })).toEqual([
    expect.stringMatching(/^secrets\/a: "relative" is no path/),
    expect.stringMatching(/^secrets\/b: "\/nix\/store\/x" is Nix's own/),
  ]);
  expect(defineConfig({ secrets: { c: secrets.c }, templates: {} }).secrets.c).toBe("/run/fine");
});
